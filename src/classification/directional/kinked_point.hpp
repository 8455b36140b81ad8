// A point of a network of ReLU-like neurons with what its samples say there: samples of K_i count as w_i . x
// = 0 exactly, in the outputs too (MATH.md section 9).
#pragma once

#include <span>
#include <vector>

#include "network/derivatives/kink_sums.hpp"

namespace tepui {

// A lambda for every parameter; empty without decay.
std::vector<double> decay_by_parameter(const Dataset& data, const Layout& layout);

struct KinkedPoint {
    const Dataset& data;
    const Network& network;
    const KinkValue& sums;  // of this network, with residuals, without decay
    std::vector<double> lambdas = decay_by_parameter(data, network);

    Size outputs() const noexcept { return network.output_count; }
    double lambda(Size parameter) const noexcept {
        return lambdas.empty() ? 0.0 : lambdas[static_cast<std::size_t>(parameter)];
    }
    // Of all weights of a neuron, its output weights included: any of them decays.
    bool decays(Size neuron) const noexcept;
};

// dL/dc of a feature of the layout (the neurons first) and an output, decay included, the absolute terms of
// its sum and what rounding may make of it.
struct CoefficientSlope {
    double value, magnitude, rounding;
};
CoefficientSlope coefficient_slope(const KinkedPoint& point, Size feature, Size output);

// f, what it may be wrong by, and y of a sample: arrays of K.
void sample_outputs(const KinkedPoint& point, Size sample, double* f, double* error, double* target);

// What the loss says of every sample.
struct LossDerivatives {
    std::vector<double> pulls;  // [samples][outputs]: g = s dl/df
    std::vector<double> bends;  // [samples][Loss::hessian_rows(outputs)]: G = s d2l/df2
};
// residuals: [samples][outputs] f - y.
LossDerivatives loss_derivatives(const Dataset& data, std::span<const double> residuals);

}  // namespace tepui
