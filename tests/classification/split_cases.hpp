// Splitting coefficients of every sign pattern, and brute force on the wide network: what the closed forms
// are compared with.
#pragma once

#include <vector>

#include "core/random.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

// positive >= 1; nonzero entries are neither tiny nor huge, the sum is 1, the order random.
std::vector<double> random_gamma(Random& random, Size positive, Size negative, Size zero);

// Inertia of the Hessian of a network, straight from the definition in long double and LAPACK; eigenvalues
// below 1e-12 times the largest count as zero.
struct BruteForce {
    Size negative = 0, zero = 0, positive = 0;
    bool clear = false;  // no eigenvalue within a factor 30 of that threshold
    double largest = 0.0;
};
BruteForce brute_force(const Dataset& data, const Network& network);

// All eigenvalues of the Hessian in long double, by increasing absolute value: for those that LAPACK cannot
// tell from zero.
std::vector<long double> precise_spectrum(const Dataset& data, const Network& network);
// Of a symmetric matrix [size][size].
std::vector<long double> precise_eigenvalues(std::vector<long double> a, std::size_t size);

// The loss in long double, for differences that double precision cannot see.
long double reference_loss(const Dataset& data, const Network& shape, const std::vector<double>& parameters);

// Samples points around `network` at several radii (relative to `reach`), takes a few gradient steps from
// each, and returns the largest decrease of the loss beyond its rounding error; 0 when there is none.
double sampled_descent(const Dataset& data, const Network& network, double reach, double largest_curvature,
                       int points, std::uint64_t seed);

}  // namespace tepui::test
