// Simplified Newton iteration in multiprecision: from the given doubles to a centre beside which the
// existence proof will work. Its result is a guess, but what it says of the gradient there is proven.
#pragma once

#include "certify/approximation.hpp"
#include "certify/ball_network.hpp"

namespace tepui::balls {

// Coordinates xi around the centre: theta = centre + D V^T xi. The Newton map in them is xi - Lambda^-1 V D
// grad, whose derivative at the stationary point is nearly zero.
struct Centre {
    BallVector theta;       // exact numbers, of the parameters on the slice
    double residual = 0.0;  // proven bound of |Lambda^-1 V D grad(centre)|_max
    Size steps = 0;
};

// The doubles nearest to all P parameters.
Network rounded(const Network& like, const BallVector& theta);

// Iterates until the residual is at most `enough`, or falls no more than fourfold.
Centre refine(const BallNetwork& balls, const Slice& slice, const Approximation& approximation,
              BallVector start, double enough);

// |D^-1 (a - b)| and |D^-1 a|, Euclidean, rounded to nearest: in these units a change of any parameter by one
// changes the outputs by about as much.
double scaled_distance(const Approximation& approximation, const BallVector& a, const BallVector& b);
double scaled_size(const Approximation& approximation, const BallVector& a);

// Upper bound of the Euclidean distance of any point of the box a from any point of the box b.
double distance_bound(const BallVector& a, const BallVector& b);

}  // namespace tepui::balls
