#include "network/hessian.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"
#include "network/outputs.hpp"
#include "network/part_range.hpp"

namespace tepui {

HessianSum::HessianSum(Size width, Size inputs)
    : width_(width),
      inputs_(inputs),
      gram_(triangle(width), inputs),
      terms_(width, inputs),
      coupling_(checked_product(checked_product(width, width), inputs)),
      features_(width, width) {}

void HessianSum::begin(Size stride) {
    const Size size = checked_product(width_, stride);
    for (Buffer<double>* rows : {&left_, &right_, &diagonal_, &term_rows_, &weighted_values_})
        *rows = Buffer<double>(size);
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
    rows_.clear();
    for (Size i = 0; i < width_; ++i) {
        for (Size l = 0; l < i; ++l) rows_.push_back({left_.data() + i * stride, right_.data() + l * stride});
        rows_.push_back({diagonal_.data() + i * stride, nullptr});
    }
}

void HessianSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size i = 0; i < width_; ++i) prepare_rows(block, i, begin, end);
    kernels::scale_rows(nullptr, block.weights + begin, width_, block.value + begin, block.stride,
                        end - begin, weighted_values_.data() + begin, block.stride);
    kernels::square_rows(inputs_, block.xt + begin, block.stride, end - begin, squared_xt_.data() + begin,
                         block.stride);
}

void HessianSum::prepare_rows(const EvaluatedBlock& block, Size i, Size begin, Size end) {
    const double a = block.network->output(i);
    const Size at = i * block.stride;
    const double* slope = block.first_derivative + at;
    const double* curvature = block.second_derivative + at;
    double* left = left_.data() + at;
    double* right = right_.data() + at;
    double* diagonal = diagonal_.data() + at;
    double* terms = term_rows_.data() + at;
    for (Size k = begin; k < end; ++k) {
        const double step = a * slope[k];
        const double bend = a * curvature[k];
        const double square = block.weights[k] * step * step;
        right[k] = step;
        left[k] = block.weights[k] * step;
        diagonal[k] = square + block.weighted_residuals[k] * bend;
        terms[k] = square + (std::abs(block.weighted_residuals[k]) + block.weights[k] * block.magnitude[k]) *
                                std::abs(bend);
    }
}

void HessianSum::add_range(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    const Size stride = block.stride;
    const Size count = block.padded;
    range.take(gram_.parts(),
               [&](Size from, Size to) { gram_.add(from, to, rows_, block.xt, stride, count); });
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), stride, count);
    });
    range.take(features_.parts(), [&](Size from, Size to) {
        features_.add(from, to, weighted_values_.data(), block.value, stride, count);
    });
    range.take(width_, [&](Size from, Size to) {
        for (Size i = from; i < to; ++i) add_coupling(block, i);
    });
}

// Everything between neuron i's weights and the output weights.
void HessianSum::add_coupling(const EvaluatedBlock& block, Size i) {
    kernels::weighted_sums(left_.data() + i * block.stride, block.value, block.stride, width_, inputs_,
                           block.xt, block.stride, block.padded, coupling_.data() + i * width_ * inputs_,
                           inputs_);
}

void HessianSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const HessianSum&>(other);
    gram_.merge(sum.gram_);
    terms_.merge(sum.terms_);
    for (Size at = 0; at < coupling_.size(); ++at) coupling_[at] += sum.coupling_[at];
    features_.merge(sum.features_);
}

void HessianSum::assemble(const GradientSum& gradient, Matrix& hessian) const {
    const Size weights = width_ * inputs_;
    for (Size i = 0; i < width_; ++i) {
        for (Size l = 0; l <= i; ++l) {
            const Size q = triangle(i) + l;
            for (Size j = 0; j < inputs_; ++j) {
                for (Size h = 0; h < inputs_; ++h) {
                    const double entry = gram_(q, std::max(j, h), std::min(j, h));
                    hessian(i * inputs_ + j, l * inputs_ + h) = entry;
                    hessian(l * inputs_ + h, i * inputs_ + j) = entry;
                }
            }
            hessian(weights + i, weights + l) = features_(i, l);
            hessian(weights + l, weights + i) = features_(i, l);
        }
        for (Size l = 0; l < width_; ++l) {
            for (Size j = 0; j < inputs_; ++j) {
                const double entry =
                    coupling_[(i * width_ + l) * inputs_ + j] + (i == l ? gradient.slope(i, j) : 0.0);
                hessian(i * inputs_ + j, weights + l) = entry;
                hessian(weights + l, i * inputs_ + j) = entry;
            }
        }
    }
}

// Diagonal terms A_j over w_i and B over a_i bound the Gauss-Newton entries between them by sqrt(A_j B)
// (Cauchy-Schwarz). The entry between a_i and w_ij has the terms p_j of the gradient besides: with any beta >
// 0 added to B and p_j^2 / beta to A_j the product bounds (sqrt(A_j B) + p_j)^2. beta = max p_j^2 / A_j at
// most doubles each A_j; where every A_j is 0 (a_i = 0) beta = B doubles B.
void HessianSum::assemble_magnitude(const GradientSum& gradient, std::vector<double>& magnitude) const {
    const Size weights = width_ * inputs_;
    for (Size i = 0; i < width_; ++i) {
        const double feature = features_(i, i);
        double beta = 0.0;
        double largest = 0.0;
        for (Size j = 0; j < inputs_; ++j) {
            const double p = gradient.slope_terms(i, j);
            largest = std::max(largest, p);
            if (terms_(i, j) > 0.0) beta = std::max(beta, p * (p / terms_(i, j)));
        }
        if (!(beta > 0.0)) beta = feature > 0.0 ? feature : largest;
        magnitude[weights + i] = feature + beta;
        for (Size j = 0; j < inputs_; ++j) {
            const double p = gradient.slope_terms(i, j);
            magnitude[i * inputs_ + j] = terms_(i, j) + (p > 0.0 ? p * (p / beta) : 0.0);
        }
    }
}

HessianValue HessianSum::finish(const Network& network, const GradientSum& gradient) const {
    const Size order = network.parameter_count();
    HessianValue result{gradient.finish(network), Matrix(order, order),
                        std::vector<double>(static_cast<std::size_t>(order))};
    assemble(gradient, result.value);
    assemble_magnitude(gradient, result.magnitude);
    const double* entries = result.value.data();
    const auto finite = [](double h) { return std::isfinite(h); };
    if (!std::all_of(entries, entries + order * order, finite) ||
        !std::all_of(result.magnitude.begin(), result.magnitude.end(), finite)) {
        throw Error(Status::numeric, "the Hessian overflows: inputs, weights or residuals are too large");
    }
    return result;
}

HessianValue hessian_and_residuals(const Dataset& data, const Network& network, const Execution& execution,
                                   double* residuals) {
    HessianSum sum(network.width, network.inputs);
    GradientSum gradient(network.width, network.inputs);
    OutputCollector collector(nullptr, residuals);
    Accumulator* const accumulators[] = {&sum, &gradient, &collector};
    run_pass(data, network, accumulators, execution);
    return sum.finish(network, gradient);
}

HessianValue hessian(const Dataset& data, const Network& network, const Execution& execution) {
    return hessian_and_residuals(data, network, execution, nullptr);
}

}  // namespace tepui
