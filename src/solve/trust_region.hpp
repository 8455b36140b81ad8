// The trust-region subproblem in the eigenbasis of its matrix, where it is solved exactly in O(P).
#pragma once

#include <span>
#include <vector>

namespace tepui {

struct TrustRegionStep {
    std::vector<double> step;  // in the eigenbasis
    double predicted = 0.0;    // decrease of the model, >= 0
    bool boundary = false;     // |step| = radius
};

// Minimises g.p + 1/2 sum lambda_i p_i^2 over |p| <= radius. The hard case (g without a component on the
// lowest eigenspace) is completed along the lowest eigenvector.
TrustRegionStep solve_trust_region(std::span<const double> lambda, std::span<const double> g, double radius);

// Minimises |g + Lambda p|^2 / 2 over |p| <= radius: the Gauss-Newton model of half the squared gradient
// norm.
TrustRegionStep solve_least_squares_region(std::span<const double> lambda, std::span<const double> g,
                                           double radius);

}  // namespace tepui
