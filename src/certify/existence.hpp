// That a stationary point exists near the centre: a box that the Newton map provably contracts into itself
// (Krawczyk 1969; Rump, "Verification methods", Acta Numerica 2010, section 13).
#pragma once

#include "certify/congruence.hpp"
#include "certify/newton.hpp"

namespace tepui::balls {

// In the coordinates xi of the centre: theta = centre + D V^T xi, |xi|_max <= radius.
struct Neighbourhood {
    double radius = 0.0;
    BallVector box;  // P balls that contain it, in parameters
};
// A few times what the residual says the distance to the stationary point is.
Neighbourhood neighbourhood(const Centre& centre, const Approximation& approximation);

struct Existence {
    double contraction = 0.0;  // bound of |I - Lambda^-1 V D H D V^T|_max over the neighbourhood
    bool proven = false;       // exactly one stationary point in the neighbourhood
};
// product: the congruence of the Hessian over the box.
Existence existence(const Centre& centre, const Neighbourhood& neighbourhood,
                    const Approximation& approximation, const Congruence& product);

}  // namespace tepui::balls
