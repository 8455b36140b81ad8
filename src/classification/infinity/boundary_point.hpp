// A limit network with its derivatives, in the parameters that are left when every scale is fixed.
#pragma once

#include <optional>

#include "classification/infinity/boundary_sums.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"

namespace tepui {

// Of all parameters those that are free: in every form without a scale of its own the largest coordinate is
// held, which meets every orbit of the scale once, so that definiteness across the orbits is definiteness of
// the rest. So are the coefficients of the last output under a loss that does not feel what all outputs
// share, output biases that the skip connections of a constant input repeat, and the coefficients of a step
// that has all samples on one side, which repeats the output bias.
struct FreeParameters {
    std::vector<Size> at;

    std::vector<double> restrict(const std::vector<double>& all) const;
    Matrix restrict(const Matrix& all) const;
    void add(const std::vector<double>& step, double factor, std::vector<double>& parameters) const;
};
FreeParameters free_parameters(const BoundaryNetwork& network, const std::vector<double>& magnitude,
                               bool shift_invariant);

struct BoundaryPoint {
    BoundaryNetwork network;
    BoundarySums sums;
    FreeParameters free;

    double loss() const noexcept { return sums.outputs.loss.loss; }
    // Differences of the loss below this are rounding.
    double loss_noise() const noexcept;
    bool loss_vanishes(const Dataset& data, const Tolerances& tolerances) const;
};
// Throws Error(numeric) when something overflows there.
BoundaryPoint boundary_point(const Dataset& data, BoundaryNetwork network);
// The same; nothing where it overflows.
std::optional<BoundaryPoint> try_boundary_point(const Dataset& data, BoundaryNetwork network);

// H^+ g in the free parameters, with the equilibrated Hessian that it was made of.
struct NewtonStep {
    Equilibrated equilibrated;
    Thresholds limits;
    std::vector<double> gradient, step;  // theta - step
};
NewtonStep newton_step(const BoundaryPoint& point, Size samples, const Tolerances& tolerances);
// Where it leads, the other point that may be the stationary one; nothing where that overflows.
std::optional<BoundaryPoint> one_step_on(const Dataset& data, const BoundaryPoint& point,
                                         const NewtonStep& newton);

// Newton's method as long as it brings the gradient down beside its rounding, no farther than `nearby`.
void walk_to_stationary(const Dataset& data, const Tolerances& tolerances, BoundaryPoint& point);

// Whether every component of the gradient is within the tolerance beside its absolute terms, or within what
// rounding makes of it. A sample that is fitted exactly leaves nothing but rounding.
bool is_stationary(const BoundaryPoint& point, const Tolerances& tolerances);
// The largest component of the gradient beside its absolute terms, what cancels inside g counted.
double relative_gradient(const BoundaryPoint& point);

}  // namespace tepui
