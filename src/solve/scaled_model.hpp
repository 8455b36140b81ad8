// Gradient and Hessian in scaled variables: unit coordinates of the inputs (input_metric.hpp), then one
// length per neuron's weights, per coefficient of the output layer and per output's skip connections, taken
// from the absolute terms of the Hessian's diagonal. A scaled step has the unit of a change of the residuals,
// and scaled Hessian entries are of order 1 whatever the units of the data.
#pragma once

#include <span>
#include <vector>

#include "network/derivatives/objective.hpp"
#include "solve/gauge.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// Maps between parameters and scaled variables: w_i = weight[i] B q_i, c = output[.] q for output weights and
// output biases c, skip connections c_o = skip[o] B q_o of output o, with B of the metric.
struct Scaling {
    const InputMetric* metric = nullptr;
    Layout layout;
    std::vector<double> weight;  // [width]
    std::vector<double> output;  // [width, 1 more where there are output biases][outputs]
    std::vector<double> skip;    // [outputs], or empty
    Gauge gauge;                 // what moves the parameters and not the loss

    // Lengths from the magnitudes at a point. A neuron's preactivations move by at most `reach` (1 + their
    // root mean square) in a step of length `radius`: a saturated neuron, which the model does not feel, is
    // not thrown far away.
    static Scaling at(const Dataset& data, const InputMetric& metric, const Network& network,
                      const HessianValue& hessian, double radius);

    // Steps along the gauge are none, and the Hessian has curvature 1 there.
    std::vector<double> pull_gradient(std::span<const double> gradient) const;  // A^T g
    std::vector<double> pull_error(std::span<const double> bound) const;        // |A|^T b
    std::vector<double> push_step(std::span<const double> scaled) const;        // A q
    // A^T H A q for an H that is known by its products.
    std::vector<double> pull_product(std::span<const double> product, std::span<const double> scaled) const;
    Matrix pull_hessian(const Matrix& hessian) const;  // A^T H A

  private:
    // Rows over the inputs, from the offset on, with their lengths; coefficients likewise.
    template <class Use>
    void each_row(Use&& use) const;
    template <class Use>
    void each_coefficient(Use&& use) const;
    template <class Entry>
    std::vector<double> pulled(std::span<const double> from, Entry&& entry) const;
};

// The scaled model in the eigenbasis of its Hessian, or of what the Hessian is on a subspace.
struct ScaledModel {
    Scaling scaling;
    Buffer<double> lambda;  // ascending
    Matrix vectors;         // row l, of as many components as there are parameters, belongs to lambda[l]
    std::vector<double> gradient;  // eigenbasis; 0 where gradient and curvature are both rounding noise
    double gradient_norm = 0.0;    // of the scaled gradient
    double tau = 0.0;              // |lambda| at or below this is noise

    std::vector<double> parameters_step(std::span<const double> step) const;
    // -g_i / lambda_i where |lambda_i| > tau, 0 elsewhere.
    std::vector<double> newton_step() const;
};
ScaledModel scaled_model(Scaling scaling, const HessianValue& hessian);
// Of these eigenvalues and unit vectors of the scaled Hessian.
ScaledModel in_eigenbasis(Scaling scaling, Buffer<double> values, Matrix vectors, const Gradient& gradient);

// On the Krylov space of the gradient, grown until the trust-region step of that radius is known to a share
// of the gradient (`accuracy`), without a Hessian (MATH.md section 10). probe: of a random vector instead,
// which sees curvature that a gradient at its rounding error does not; its lowest value is an estimate from
// above.
struct KrylovOptions {
    double radius = 0.0, accuracy = 0.1;
    bool probe = false;
};
ScaledModel krylov_model(const Dataset& data, const Network& point, Scaling scaling, const Gradient& gradient,
                         const KrylovOptions& options, const Execution& execution);

// The rounding error of a gradient component: that of the residuals and that of the sum.
double gradient_rounding(const Gradient& gradient, std::size_t component);

}  // namespace tepui
