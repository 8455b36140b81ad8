// Planted stationary points (MATH.md section 11): problems with a known answer, no training. Inputs, W and a
// are drawn; the residual is taken from the null space of the weighted Jacobian and steered so that every
// inner Hessian is the wanted matrix; the targets are f - epsilon r.
#pragma once

#include <optional>
#include <vector>

#include "classification/spectrum/spectral.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

// Weights v where psi(v) = sum s r sigma(v . x) vanishes with its derivatives: a place for neurons that add
// nothing.
struct FreePoint {
    int order = 0;         // 0: psi = 0; 1: and grad psi = 0; 2: and Hess psi is singular; 3: and zero
    bool at_zero = false;  // v = 0
};

struct PlantedOptions {
    Activation activation{ActivationKind::tanh};
    Size features = 2;
    std::vector<Definiteness> wanted{
        Definiteness::positive_definite};  // one a neuron: their number is the width
    bool bias = false;
    bool output_bias = false, skip = false;
    bool weights = false;   // sample weights in (0.5, 1.5) instead of 1
    bool saddle = false;    // residuals so large that the Hessian has a negative eigenvalue; needs one in an
                            // inner Hessian
    bool no_third = false;  // the third-order form of every singular H_i is zero on its null space; needs
                            // that many more samples
    std::vector<FreePoint> free;
    double feasible = 1e-9;  // relative defect of the constraints that is accepted
    Size extra_samples = 8;  // beyond what the constraints need
    LossScaling scaling = LossScaling::sum;
    std::uint64_t seed = 1;
};

struct Planted {
    Size samples = 0, features = 0;
    bool bias = false;
    LossScaling scaling = LossScaling::sum;
    std::vector<double> x, targets, weights;  // weights empty: all 1
    Network network;
    std::vector<Definiteness> wanted;
    // Exact inner Hessians up to rounding, each inputs x inputs row-major.
    std::vector<std::vector<double>> inner;
    double epsilon = 0.0;
    std::vector<std::vector<double>> free_weights;  // of each free point, [inputs]
    // The Jacobian has full column rank: the Hessian is positive definite (or, for a saddle, has the negative
    // eigenvalues asked for and no zero ones). Otherwise the activation has a scale symmetry and the Hessian
    // is singular.
    bool full_rank = false;

    Dataset dataset() const;  // borrows: this object must stay
};

// Empty when the activation's identities forbid what is wanted (e.g. a definite H_i of a homogeneous
// activation, for which H_i w_i = 0 at every stationary point).
std::optional<Planted> plant(const PlantedOptions& options);

}  // namespace tepui::test
