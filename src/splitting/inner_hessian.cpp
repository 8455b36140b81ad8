#include "splitting/inner_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "core/machine.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/pass/part_range.hpp"
#include "splitting/inner_hessian_sum.hpp"

namespace tepui {
namespace {

Matrix matrix_of(const RowSums& sums, Size rows, Size inputs) {
    Matrix result(rows, inputs);
    for (Size i = 0; i < rows; ++i) {
        for (Size j = 0; j < inputs; ++j) result(i, j) = sums(i, j);
    }
    return result;
}

}  // namespace

std::vector<InnerHessianSum::Run> InnerHessianSum::runs_of(const std::vector<Size>& neurons) {
    std::vector<Run> runs;
    for (const Size neuron : neurons) {
        const Size at = runs.empty() ? 0 : runs.back().at + runs.back().count;
        if (at == 0 || neuron != runs.back().first + runs.back().count) runs.push_back({neuron, 0, at});
        ++runs.back().count;
    }
    return runs;
}

InnerHessianSum::InnerHessianSum(Size first_neuron, Size neurons, Size inputs, Bounds bounds, Size outputs)
    : InnerHessianSum(std::vector<Run>{{first_neuron, neurons, 0}}, neurons, inputs, bounds, outputs) {}

InnerHessianSum::InnerHessianSum(const std::vector<Size>& neurons, Size inputs, Bounds bounds,
                                 GramPrecision precision, Size outputs)
    : InnerHessianSum(runs_of(neurons), static_cast<Size>(neurons.size()), inputs, bounds, outputs) {
    if (precision == GramPrecision::single_precision) single_.emplace(sums_, neurons_, inputs_);
}

InnerHessianSum::InnerHessianSum(std::vector<Run> runs, Size neurons, Size inputs, Bounds bounds,
                                 Size outputs)
    : runs_(std::move(runs)),
      neurons_(neurons),
      inputs_(inputs),
      outputs_(outputs),
      bounds_(bounds == Bounds::with),
      gram_(sums_, neurons, inputs),
      terms_(sums_, bounds_ ? neurons : 0, inputs) {}

void InnerHessianSum::Single::begin(Size neurons, Size inputs, Size stride) {
    xt = Buffer<float>(checked_product(inputs, stride));
    coefficients = Buffer<float>(checked_product(neurons, stride));
    largest_x = Buffer<double>(stride / kSamplePadding + 1);
    largest_c = Buffer<double>(stride / kSamplePadding + 1);
    rows.clear();
    for (Size i = 0; i < neurons; ++i) rows.push_back({coefficients.data() + i * stride, nullptr});
}

// An operation whose result falls below the normal range errs by up to 2^-125, operands flushed to zero
// included. Of c x_i x_j that are c, x_i, x_j, their two products and a sum, each times the factors to come.
double InnerHessianSum::Single::underflow(const EvaluatedBlock& block) {
    const double x = *std::ranges::max_element(largest_x.span());
    const double c = *std::ranges::max_element(largest_c.span());
    std::ranges::fill(largest_x.span(), 0.0);
    std::ranges::fill(largest_c.span(), 0.0);
    return static_cast<double>(block.count) * 0x1p-124 * (1.0 + x) * (1.0 + x) * (1.0 + c);
}

void InnerHessianSum::begin(Size stride) {
    const Size size = checked_product(neurons_, stride);
    rows_.resize(neurons_);
    if (single_) single_->begin(neurons_, inputs_, stride);
    if (single_ || outputs_ > 1) coefficients_ = Buffer<double>(size);
    if (!bounds_) return;
    term_rows_ = Buffer<double>(size);
    residual_terms_ = Buffer<double>(checked_product(outputs_, stride));
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

// With one output the Gram multiplies g into its rows u''_i itself; a_i, the same for all samples, waits for
// the end.
void InnerHessianSum::read(const Network& network) {
    factors_.assign(static_cast<std::size_t>(neurons_), 1.0);
    for (const Run& run : runs_) {
        for (Size i = 0; i < run.count && outputs_ == 1; ++i)
            factors_[static_cast<std::size_t>(run.at + i)] = network.output(run.first + i);
    }
}

void InnerHessianSum::point_rows(const EvaluatedBlock& block) {
    for (const Run& run : runs_) {
        for (Size i = 0; i < run.count; ++i) {
            const auto row = static_cast<std::size_t>(run.at + i);
            if (outputs_ > 1) {
                rows_[row] = {coefficients_.data() + (run.at + i) * block.stride, nullptr};
                continue;
            }
            rows_[row] = {block.second_derivative + (run.first + i) * block.stride, block.g};
        }
    }
}

void InnerHessianSum::prepare_coefficients(const EvaluatedBlock& block, const Run& run, Size begin,
                                           Size end) {
    const Size stride = block.stride, count = end - begin;
    const double* a = block.network->outputs() + run.first * outputs_;
    const double* curvatures = block.second_derivative + run.first * stride + begin;
    double* rows = coefficients_.data() + run.at * stride + begin;
    if (outputs_ == 1) {
        kernels::scale_rows(a, block.g + begin, run.count, curvatures, stride, count, rows, stride);
        return;
    }
    kernels::preactivations(a, outputs_, run.count, {block.g + begin, stride, count, outputs_}, rows, stride);
    for (Size i = 0; i < run.count; ++i) {
        for (Size k = 0; k < count; ++k) rows[i * stride + k] *= curvatures[i * stride + k];
    }
}

void InnerHessianSum::prepare_terms(const EvaluatedBlock& block, const Run& run, Size begin, Size end) {
    const Size stride = block.stride, count = end - begin;
    const double* a = block.network->outputs() + run.first * outputs_;
    const double* curvatures = block.second_derivative + run.first * stride + begin;
    const double* residual_terms = residual_terms_.data() + begin;
    double* rows = term_rows_.data() + run.at * stride + begin;
    if (outputs_ == 1) {
        kernels::scale_rows_absolute(a, residual_terms, run.count, curvatures, stride, count, rows, stride);
        return;
    }
    for (Size i = 0; i < run.count; ++i) {
        double* row = rows + i * stride;
        std::fill_n(row, count, 0.0);
        for (Size o = 0; o < outputs_; ++o) {
            const double size = std::abs(a[i * outputs_ + o]);
            for (Size k = 0; k < count; ++k) row[k] += size * residual_terms[o * stride + k];
        }
        for (Size k = 0; k < count; ++k) row[k] *= std::abs(curvatures[i * stride + k]);
    }
}

void InnerHessianSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride;
    const Size count = end - begin;
    if (begin == 0) point_rows(block);
    if (single_ || outputs_ > 1) {
        for (const Run& run : runs_) prepare_coefficients(block, run, begin, end);
    }
    if (single_) {
        single_->largest_x[begin / kSamplePadding] = kernels::single_rows(
            inputs_, block.xt + begin, stride, count, single_->xt.data() + begin, stride);
        single_->largest_c[begin / kSamplePadding] =
            kernels::single_rows(neurons_, coefficients_.data() + begin, stride, count,
                                 single_->coefficients.data() + begin, stride);
        kernels::absolute_rows(neurons_, coefficients_.data() + begin, stride, count,
                               coefficients_.data() + begin, stride);
    }
    if (!bounds_) return;
    double* terms = residual_terms_.data();
    for (Size o = 0; o < outputs_; ++o) {
        for (Size k = begin; k < end; ++k) terms[o * stride + k] = block.g_terms(o, k);
    }
    for (const Run& run : runs_) prepare_terms(block, run, begin, end);
    kernels::square_rows(inputs_, block.xt + begin, stride, count, squared_xt_.data() + begin, stride);
}

void InnerHessianSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride, count = block.padded;
    if (begin == 0 && single_) *sums_.at(single_->absolute) += single_->underflow(block);
    PartRange range(begin, end);
    range.take(gram_.parts(), [&](Size from, Size to) {
        if (single_) {
            gram_.add(from, to, single_->rows, single_->xt.data(), stride, count);
        } else {
            gram_.add(from, to, rows_, block.xt, stride, count);
        }
    });
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), stride, count);
    });
    if (!single_) return;
    range.take(single_->terms.parts(), [&](Size from, Size to) {
        single_->terms.add(from, to, coefficients_.data(), squared_xt_.data(), stride, count);
    });
}

// In lanes each thread has blocks of its own, which may be short: those of many neurons then stay in L2 until
// they are summed, by as many samples at once as the kernel takes then.
Size InnerHessianSum::preferred_block() const {
    constexpr Size kManyNeurons = 24;
    return neurons_ > kManyNeurons && gram_.stays_in_cache() ? machine::kShortBlock : gram_.preferred_block();
}

std::unique_ptr<Accumulator> InnerHessianSum::sibling() const {
    if (!gram_.stays_in_cache()) return nullptr;
    auto sum = std::unique_ptr<InnerHessianSum>(
        new InnerHessianSum(runs_, neurons_, inputs_, bounds_ ? Bounds::with : Bounds::without, outputs_));
    if (single_) sum->single_.emplace(sum->sums_, neurons_, inputs_);
    return sum;
}

InnerHessians InnerHessianSum::finish() {
    InnerHessians result;
    result.width = neurons_;
    result.inputs = inputs_;
    result.stride = gram_.stride();
    if (bounds_) result.magnitude = matrix_of(terms_, neurons_, inputs_);
    if (single_)
        result.single = {kernels::kSingleGramError, *sums_.at(single_->absolute),
                         matrix_of(single_->terms, neurons_, inputs_)};
    // The Gram's sums are the first ones: the buffer is theirs, with a tail that nobody reads.
    result.pairs = sums_.take();
    for (Size pair = 0; !single_ && pair < triangle(inputs_); ++pair) {
        double* entries = result.pairs.data() + pair * result.stride;
        for (Size i = 0; i < neurons_; ++i) entries[i] *= factors_[i];
    }
    const char* const overflow = "an inner Hessian overflows: inputs, weights or residuals are too large";
    const Size terms = bounds_ ? neurons_ * inputs_ : 0;
    require_finite({result.magnitude.data(), static_cast<std::size_t>(terms)}, overflow);
    require_finite(result.pairs.span().first(static_cast<std::size_t>(gram_.size())), overflow);
    return result;
}

Matrix InnerHessians::matrix(Size neuron) const {
    Matrix full(inputs, inputs);
    for (Size i = 0; i < inputs; ++i) {
        for (Size j = 0; j <= i; ++j) full(i, j) = full(j, i) = pairs[(triangle(i) + j) * stride + neuron];
    }
    return full;
}

InnerHessians inner_hessians(const Dataset& data, const Network& network, const Execution& execution,
                             Bounds bounds) {
    InnerHessianSum sum(0, network.width, network.inputs, bounds, network.output_count);
    GradientSum gradient(network, bounds);
    run_pass(data, network, execution, sum, gradient);
    InnerHessians result = sum.finish();
    result.gradient = gradient.finish(network, data.decay());
    return result;
}

InnerHessians inner_hessians(const Dataset& data, const Network& network, const std::vector<Size>& neurons,
                             const Execution& execution, GramPrecision precision) {
    InnerHessianSum sum(neurons, network.inputs, Bounds::with, precision, network.output_count);
    run_pass(data, network, execution, sum);
    return sum.finish();
}

InnerHessian inner_hessian(const Dataset& data, const Network& network, Size neuron,
                           const Execution& execution) {
    if (neuron < 0 || neuron >= network.width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) + ", an index in [0, " +
                                              std::to_string(network.width) + ") is expected");
    }
    InnerHessianSum sum(neuron, 1, network.inputs, Bounds::with, network.output_count);
    run_pass(data, network, execution, sum);
    const InnerHessians one = sum.finish();
    return {one.matrix(0), std::vector<double>(one.magnitude.row(0), one.magnitude.row(0) + network.inputs)};
}

}  // namespace tepui
