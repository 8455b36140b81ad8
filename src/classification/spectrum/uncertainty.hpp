// How far the second derivatives at the given point may be from those at the stationary point it stands for
// (MATH.md section 10): one Newton step away, they are computed again.
#pragma once

#include <optional>

#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "network/objective.hpp"

namespace tepui {

struct Uncertainty {
    double residual = 0.0;  // relative error of the residuals, root mean square: 1 when the loss is zero
    std::vector<double>
        step;  // Newton step H^+ g; the corrected point is theta - step. Empty when there is none.
    std::optional<Network> corrected;
    Matrix hessian;                 // entry by entry, of the Hessian
    bool corrected_failed = false;  // the corrected point overflows: nothing is certain
};

// H^+ g from the eigenpairs of D H D, components with |lambda| <= tau dropped.
std::vector<double> pseudo_solve(const Equilibrated& equilibrated, double tau,
                                 const std::vector<double>& gradient);

// Of the residuals, root mean square: 1 when the loss is zero.
double relative_residual_error(const LossValue& loss);

Uncertainty point_uncertainty(const Dataset& data, const Network& network, const HessianValue& hessian,
                              const Equilibrated& equilibrated, const Tolerances& tolerances,
                              const Execution& execution);

}  // namespace tepui
