// How far the second derivatives at the given point may be from those at the stationary point it stands for
// (MATH.md section 10): where Newton's method leads, they are computed again.
#pragma once

#include <optional>

#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

struct Uncertainty {
    double residual = 0.0;     // relative error of the residuals, root mean square: 1 when the loss is zero
    std::vector<double> step;  // of Newton's method, all of them; the corrected point is theta - step. Empty
                               // when there is none.
    std::optional<Network> corrected;
    Buffer<double> corrected_residuals;  // there, of every output of every sample; may be empty
    Matrix hessian;                      // entry by entry, of the Hessian
    bool corrected_failed = false;       // it overflows, or the Hessian underflows: nothing is certain
};

// H^+ g from the eigenpairs of D H D, components with |lambda| <= tau dropped.
std::vector<double> pseudo_solve(const Equilibrated& equilibrated, double tau,
                                 const std::vector<double>& gradient);

// Of the residuals, root mean square: 1 when the loss is zero.
double relative_residual_error(const LossValue& loss);

// Where the terms between an output weight near 0 and its hidden weights are far above what their diagonal
// entries bound, the magnitude of that weight is raised to cover them, which scales its direction down: an
// eigenvalue that is not zero may then pass for zero. Zeros of such a Hessian are reported as unclear.
// report: of the Hessian of a network of this layout, or of its restriction to a subspace.
void doubt_hidden_zeros(const HessianValue& hessian, const Layout& layout, SpectralReport& report);

// Newton's method goes on from the point while that brings the gradient nearer to its rounding (MATH.md
// section 10, the slack of stationarity).
Uncertainty point_uncertainty(const Dataset& data, const Network& network, const HessianValue& hessian,
                              const Equilibrated& equilibrated, const Tolerances& tolerances,
                              const Execution& execution);

}  // namespace tepui
