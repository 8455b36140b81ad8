// The Hessian of a large network, known through products alone: what a Lanczos process on the scaled Hessian
// A = C^T H C (block_scaling.hpp) finds of its lower end (MATH.md section 10). Sylvester's law gives A the
// inertia of H.
//
// Proven: a direction v with v^T H v below minus its error bound. Indicated: that there is none. A Ritz value
// bounds the smallest eigenvalue from above only; its residual says that an eigenvalue lies near it, and the
// start vector being random, how unlikely it is that one at or below zero was missed.
#pragma once

#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/still_motions.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

struct HessianEvidence {
    Size products = 0;      // with the Hessian, those for the Newton step included
    double ritz = 0.0;      // smallest Ritz value of A: x^T A x for the unit vector x below
    double residual = 0.0;  // |A x - ritz x|, from a product of its own: an eigenvalue of A lies within it
    double tau = 0.0;       // bound on the error of ritz, the distance to the stationary point included
    // Bound on the probability, over the start vectors, that an eigenvalue of A at or below tau was missed by
    // as many steps: 1 where nothing was excluded.
    double miss_probability = 1.0;
};

struct HessianSearch {
    SpectralReport spectrum;  // matrix-free: lower bounds; zero: idle parameters, and 1 where open
    HessianEvidence evidence;
    Uncertainty uncertainty;
};

// gradient: at the point. Its norm decides how far the point may be from the stationary one. still: null
// directions of the Hessian at every stationary point, which are left out.
HessianSearch search_hessian(const Dataset& data, const Network& network, const Gradient& gradient,
                             const Tolerances& tolerances, const Execution& execution,
                             const std::vector<Motion>& still = {});

}  // namespace tepui
