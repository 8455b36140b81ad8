// Inertia and extreme eigenpairs of a symmetric matrix made of sums over samples, with the error bound that decides what
// counts as zero (MATH.md section 10).
//
// Inertia is invariant under congruence, so it is taken of the equilibrated matrix D A D, D a diagonal of powers of two
// (exact scaling) that brings the absolute terms of each diagonal entry near 1. Inputs in mixed units then cost no
// accuracy. Eigenvalues and eigenvectors reported to people are those of A itself.
#pragma once

#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace tepui {

struct Inertia {
    Size negative = 0;
    Size zero = 0;
    Size positive = 0;
};

enum class Definiteness : std::int32_t {
    positive_definite = 1,
    negative_definite = 2,
    indefinite = 3,
    positive_semidefinite = 4,  // singular, not zero
    negative_semidefinite = 5,  // singular, not zero
    zero = 6
};
Definiteness definiteness(const Inertia& inertia);

struct SpectralReport {
    Inertia inertia;
    double tau = 0.0;     // eigenvalues of D A D within [-tau, tau] count as zero
    double margin = 0.0;  // smallest |eigenvalue| of D A D counted as non-zero, over tau; 0 when all are zero
    double lambda_min = 0.0;  // of A
    double lambda_max = 0.0;
    // Unit directions proving the sign: v^T A v < 0 for v_negative, > 0 for v_positive, with these curvatures; the extreme
    // eigenvectors of A wherever their sign is beyond rounding. Empty when there is no eigenvalue of that sign.
    std::vector<double> v_negative, v_positive;
    double curvature_negative = 0.0;
    double curvature_positive = 0.0;
};

// magnitude: T_jj, sums of the absolute terms of the diagonal. terms: number of samples summed. shift: bound on the
// Frobenius norm of the error that A has beyond rounding, entry by entry through the matrix `drift` (null: none): how much A
// moves when the point is corrected by one Newton step.
SpectralReport spectral_report(const Matrix& a, std::span<const double> magnitude, Size terms, const Matrix* drift,
                               double rounding_factor);

}  // namespace tepui
