// Symmetric tridiagonal matrices: what a Lanczos process asks of its own. Private to src/linalg.
#pragma once

#include <vector>

#include "core/sizes.hpp"

namespace tepui::linalg {

// The eigenvalue number `which` (0-based, ascending) of the k x k matrix and its unit eigenvector, by
// bisection and inverse iteration: O(k). off: the k - 1 entries beside the diagonal.
struct TridiagonalPair {
    double value = 0.0;
    std::vector<double> vector;
};
TridiagonalPair tridiagonal_pair(const double* diagonal, const double* off, Size k, Size which);

// x with T^+ b = x, b = length e_1; eigenvalues within [-tau, tau] count as zero.
std::vector<double> tridiagonal_pseudo_solve(const double* diagonal, const double* off, Size k, double length,
                                             double tau);

}  // namespace tepui::linalg
