#include "splitting/inner_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "splitting/inner_hessian_sum.hpp"

namespace tepui {

InnerHessianSum::InnerHessianSum(Size first_neuron, Size neurons, Size inputs)
    : first_(first_neuron),
      neurons_(neurons),
      inputs_(inputs),
      gram_(neurons, inputs),
      terms_(neurons, inputs) {}

void InnerHessianSum::begin(Size stride) {
    coefficients_ = Buffer<double>(checked_product(neurons_, stride));
    term_rows_ = Buffer<double>(coefficients_.size());
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
    rows_.clear();
    for (Size i = 0; i < neurons_; ++i) rows_.push_back({coefficients_.data() + i * stride, nullptr});
}

void InnerHessianSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size i = 0; i < neurons_; ++i) {
        const double a = block.network->output(first_ + i);
        const double* curvature = block.second_derivative + (first_ + i) * block.stride;
        double* coefficient = coefficients_.data() + i * block.stride;
        double* term = term_rows_.data() + i * block.stride;
        for (Size k = begin; k < end; ++k) {
            const double bend = a * curvature[k];
            const double residual = block.weighted_residuals[k];
            coefficient[k] = residual * bend;
            term[k] = (std::abs(residual) + block.weights[k] * block.magnitude[k]) * std::abs(bend);
        }
    }
    for (Size j = 0; j < inputs_; ++j) {
        const double* x = block.xt + j * block.stride;
        double* squared = squared_xt_.data() + j * block.stride;
        for (Size k = begin; k < end; ++k) squared[k] = x[k] * x[k];
    }
}

void InnerHessianSum::add(const EvaluatedBlock& block, Size part) {
    if (part < gram_.parts()) {
        gram_.add(part, rows_, block.xt, block.stride, block.padded);
    } else {
        terms_.add(part - gram_.parts(), term_rows_.data(), squared_xt_.data(), block.stride, block.padded);
    }
}

void InnerHessianSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const InnerHessianSum&>(other);
    gram_.merge(sum.gram_);
    terms_.merge(sum.terms_);
}

InnerHessians InnerHessianSum::finish() const {
    InnerHessians result;
    result.width = neurons_;
    result.inputs = inputs_;
    result.stride = gram_.stride();
    result.pairs = Buffer<double>(gram_.pairs().size());
    std::copy_n(gram_.pairs().data(), gram_.pairs().size(), result.pairs.data());
    result.magnitude = Matrix(neurons_, inputs_);
    for (Size i = 0; i < neurons_; ++i) {
        for (Size j = 0; j < inputs_; ++j) result.magnitude(i, j) = terms_(i, j);
    }
    const auto finite = [](double h) { return std::isfinite(h); };
    const double* terms = result.magnitude.data();
    const std::span<const double> pairs = result.pairs.span();
    if (!std::all_of(terms, terms + neurons_ * inputs_, finite) ||
        !std::all_of(pairs.begin(), pairs.end(), finite)) {
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

InnerHessians inner_hessians(const Dataset& data, const Network& network, const Execution& execution) {
    InnerHessianSum sum(0, network.width, network.inputs);
    GradientSum gradient(network.width, network.inputs);
    Accumulator* const accumulators[] = {&sum, &gradient};
    run_pass(data, network, accumulators, execution);
    InnerHessians result = sum.finish();
    result.gradient = gradient.finish(network);
    return result;
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
