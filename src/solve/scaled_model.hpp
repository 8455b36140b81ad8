// Gradient and Hessian in scaled variables: unit coordinates of the inputs (input_metric.hpp), then one
// length per neuron's weights and per output weight, taken from the absolute terms of the Hessian's diagonal.
// A scaled step has the unit of a change of the residuals, and scaled Hessian entries are of order 1 whatever
// the units of the data.
#pragma once

#include <span>
#include <vector>

#include "network/derivatives/objective.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// Maps between parameters and scaled variables: w_i = weight[i] B q_i, a_i = output[i] q_{md+i}, with B of
// the metric.
struct Scaling {
    const InputMetric* metric = nullptr;
    Size width = 0;
    std::vector<double> weight, output;

    // Lengths from the magnitudes at a point. A neuron's preactivations move by at most `reach` (1 + their
    // root mean square) in a step of length `radius`: a saturated neuron, which the model does not feel, is
    // not thrown far away.
    static Scaling at(const InputMetric& metric, const Network& network, const HessianValue& hessian,
                      double radius);

    std::vector<double> pull_gradient(std::span<const double> gradient) const;  // A^T g
    std::vector<double> pull_error(std::span<const double> bound) const;        // |A|^T b
    std::vector<double> push_step(std::span<const double> scaled) const;        // A q
    Matrix pull_hessian(const Matrix& hessian) const;                           // A^T H A
};

// The scaled model in the eigenbasis of its Hessian.
struct ScaledModel {
    Scaling scaling;
    Buffer<double> lambda;         // ascending
    Matrix vectors;                // row l belongs to lambda[l]
    std::vector<double> gradient;  // eigenbasis; 0 where gradient and curvature are both rounding noise
    double gradient_norm = 0.0;    // of the scaled gradient
    double tau = 0.0;              // |lambda| at or below this is noise

    std::vector<double> parameters_step(std::span<const double> step) const;
    // -g_i / lambda_i where |lambda_i| > tau, 0 elsewhere.
    std::vector<double> newton_step() const;
};
ScaledModel scaled_model(Scaling scaling, const HessianValue& hessian);

double length(std::span<const double> v);
// The rounding error of a gradient component: that of the residuals and that of the sum.
double gradient_rounding(const Gradient& gradient, std::size_t component);

}  // namespace tepui
