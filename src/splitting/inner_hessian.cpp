#include "splitting/inner_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/sample_rows.hpp"
#include "splitting/inner_hessian_sum.hpp"

namespace tepui {

std::vector<InnerHessianSum::Run> InnerHessianSum::runs_of(const std::vector<Size>& neurons) {
    std::vector<Run> runs;
    for (const Size neuron : neurons) {
        const Size at = runs.empty() ? 0 : runs.back().at + runs.back().count;
        if (at == 0 || neuron != runs.back().first + runs.back().count) runs.push_back({neuron, 0, at});
        ++runs.back().count;
    }
    return runs;
}

InnerHessianSum::InnerHessianSum(Size first_neuron, Size neurons, Size inputs, Bounds bounds)
    : InnerHessianSum(std::vector<Run>{{first_neuron, neurons, 0}}, neurons, inputs, bounds) {}

InnerHessianSum::InnerHessianSum(const std::vector<Size>& neurons, Size inputs, Bounds bounds)
    : InnerHessianSum(runs_of(neurons), static_cast<Size>(neurons.size()), inputs, bounds) {}

InnerHessianSum::InnerHessianSum(std::vector<Run> runs, Size neurons, Size inputs, Bounds bounds)
    : runs_(std::move(runs)),
      neurons_(neurons),
      inputs_(inputs),
      bounds_(bounds == Bounds::with),
      gram_(neurons, inputs) {
    if (bounds_) terms_ = RowSums(neurons, inputs);
}

void InnerHessianSum::begin(Size stride) {
    coefficients_ = Buffer<double>(checked_product(neurons_, stride));
    rows_.clear();
    for (Size i = 0; i < neurons_; ++i) rows_.push_back({coefficients_.data() + i * stride, nullptr});
    if (!bounds_) return;
    term_rows_ = Buffer<double>(coefficients_.size());
    residual_terms_ = Buffer<double>(stride);
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

void InnerHessianSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride;
    const Size count = end - begin;
    const double* a = block.network->outputs();
    const double* curvatures = block.second_derivative + begin;
    for (const Run& run : runs_) {
        kernels::scale_rows(a + run.first, block.weighted_residuals + begin, run.count,
                            curvatures + run.first * stride, stride, count,
                            coefficients_.data() + run.at * stride + begin, stride);
    }
    if (!bounds_) return;
    double* terms = residual_terms_.data();
    for (Size k = begin; k < end; ++k) {
        terms[k] = std::abs(block.weighted_residuals[k]) + block.weights[k] * block.magnitude[k];
    }
    for (const Run& run : runs_) {
        kernels::scale_rows_absolute(a + run.first, terms + begin, run.count, curvatures + run.first * stride,
                                     stride, count, term_rows_.data() + run.at * stride + begin, stride);
    }
    kernels::square_rows(inputs_, block.xt + begin, stride, count, squared_xt_.data() + begin, stride);
}

void InnerHessianSum::add_range(const EvaluatedBlock& block, Size begin, Size end) {
    const Size pairs = gram_.parts();
    if (begin < pairs) gram_.add(begin, std::min(end, pairs), rows_, block.xt, block.stride, block.padded);
    if (end > pairs) {
        terms_.add(std::max(begin, pairs) - pairs, end - pairs, term_rows_.data(), squared_xt_.data(),
                   block.stride, block.padded);
    }
}

void InnerHessianSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const InnerHessianSum&>(other);
    gram_.merge(sum.gram_);
    terms_.merge(sum.terms_);
}

InnerHessians InnerHessianSum::finish() {
    InnerHessians result;
    result.width = neurons_;
    result.inputs = inputs_;
    result.stride = gram_.stride();
    result.pairs = gram_.take_pairs();
    if (bounds_) result.magnitude = Matrix(neurons_, inputs_);
    for (Size i = 0; i < neurons_ && bounds_; ++i) {
        for (Size j = 0; j < inputs_; ++j) result.magnitude(i, j) = terms_(i, j);
    }
    const auto finite = [](double h) { return std::isfinite(h); };
    const double* terms = result.magnitude.data();
    const Size term_count = bounds_ ? neurons_ * inputs_ : 0;
    const std::span<const double> pairs = result.pairs.span();
    if (!std::all_of(terms, terms + term_count, finite) || !std::all_of(pairs.begin(), pairs.end(), finite)) {
        throw Error(Status::numeric,
                    "an inner Hessian overflows: inputs, weights or residuals are too large");
    }
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
    InnerHessianSum sum(0, network.width, network.inputs, bounds);
    GradientSum gradient(network.width, network.inputs, bounds);
    Accumulator* const accumulators[] = {&sum, &gradient};
    run_pass(data, network, accumulators, execution);
    InnerHessians result = sum.finish();
    result.gradient = gradient.finish(network);
    return result;
}

InnerHessians inner_hessians(const Dataset& data, const Network& network, const std::vector<Size>& neurons,
                             const Execution& execution) {
    InnerHessianSum sum(neurons, network.inputs);
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
    return sum.finish();
}

InnerHessian inner_hessian(const Dataset& data, const Network& network, Size neuron,
                           const Execution& execution) {
    if (neuron < 0 || neuron >= network.width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) + ", an index in [0, " +
                                              std::to_string(network.width) + ") is expected");
    }
    InnerHessianSum sum(neuron, 1, network.inputs);
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
    const InnerHessians one = sum.finish();
    return {one.matrix(0), std::vector<double>(one.magnitude.row(0), one.magnitude.row(0) + network.inputs)};
}

}  // namespace tepui
