// Inertia and extreme eigenpairs of a symmetric matrix made of sums over samples, with the error bound that
// decides what counts as zero (MATH.md section 10).
//
// Inertia is invariant under congruence, so it is taken of the equilibrated matrix D A D, D a diagonal of
// powers of two (exact scaling) that brings the absolute terms of each diagonal entry near 1. Inputs in mixed
// units then cost no accuracy. Eigenvalues and eigenvectors reported to people are those of A itself.
#pragma once

#include <span>
#include <vector>

#include "classification/spectrum/equilibration.hpp"
#include "classification/spectrum/neuron_method.hpp"
#include "core/matrix.hpp"
#include "linalg/symmetric.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui {

struct Inertia {
    Size negative = 0;
    Size zero = 0;
    Size positive = 0;
};
Definiteness definiteness(const Inertia& inertia);

struct SpectralReport {
    NeuronMethod method = NeuronMethod::spectrum;               // how it was obtained
    GramPrecision precision = GramPrecision::double_precision;  // of the sums; tau knows
    // False: matrix-free, inertia holds lower bounds of its negative and positive counts and nothing else.
    bool counted = true;
    Inertia inertia;
    double tau = 0.0;  // eigenvalues of D A D within [-tau, tau] count as zero
    // Smallest |eigenvalue| of D A D counted as non-zero, over tau; 0 when all are zero. By inertia: a lower
    // bound of it. Matrix-free: of the two quotients that prove the signs.
    double margin = 0.0;
    // Of those counted as negative and as positive, how many lie within twice tau: clear() doubts them.
    Size near_negative = 0, near_positive = 0;
    // Largest |eigenvalue| of D A D counted as zero, over the part of tau that is rounding. By inertia: a
    // bound. 1 where the scaling may hide one that is not zero.
    double zero_level = 0.0;
    // Eigenvalues within the tolerance of doubles were told from zero with more digits: those still counted
    // as zero are so to all of them, by structure.
    bool extended = false;
    // Extreme eigenvalues of A. By inertia: Ritz values, an eigenvalue lies within lambda_error of each.
    // Matrix-free: quotients v^T A v, so that lambda_min is at least the smallest eigenvalue, lambda_max at
    // most the largest.
    double lambda_min = 0.0;
    double lambda_max = 0.0;
    double lambda_error = 0.0;
    // Unit directions proving the sign: v^T A v < 0 for v_negative, > 0 for v_positive, with these
    // curvatures; the extreme eigenvectors of A wherever their sign is beyond rounding. Empty when there is
    // no eigenvalue of that sign.
    std::vector<double> v_negative, v_positive;
    double curvature_negative = 0.0;
    double curvature_positive = 0.0;

    static constexpr double kClearMargin = 2.0;
    // No eigenvalue lies so close to the threshold that another summation order might move it across, and
    // those counted as zero are zero as far as rounding can tell, not just within what is known of the point.
    bool clear() const noexcept {
        return zero_level <= 0.5 && (margin >= kClearMargin || inertia.negative + inertia.positive == 0);
    }
};

// The eigenvalues and eigenvectors of D A D.
struct Equilibrated {
    Equilibration scaling;
    linalg::SymmetricEigen eigen;
};
Equilibrated equilibrate(const Matrix& a, std::span<const double> magnitude);

Thresholds thresholds(const Equilibrated& equilibrated, Size terms, const Matrix* uncertainty, double factor);

SpectralReport spectral_report(const Matrix& a, const Equilibrated& equilibrated, Size terms,
                               const Matrix* uncertainty, double factor);

// magnitude: T_jj, sums of the absolute terms of the diagonal. terms: number of samples summed. uncertainty:
// entry by entry a bound on the error that A has beyond the rounding of its sums (null: none), such as how
// much A moves when the point is corrected by one Newton step. factor: Tolerances::rounding_factor.
SpectralReport spectral_report(const Matrix& a, std::span<const double> magnitude, Size terms,
                               const Matrix* uncertainty, double factor);

// The same by counting eigenvalues instead of computing them: for large matrices. Where an eigenvalue lies so
// close to tau that the counts alone would leave the report unclear, the spectrum is computed after all.
SpectralReport inertia_report(const Matrix& a, std::span<const double> magnitude, Size terms,
                              const Matrix* uncertainty, double factor);

// ---- Steps shared by the methods ----

// Fills inertia, margin and zero_level from the d eigenvalues of D A D at values[0], values[step], ...
void count_eigenvalues(const double* values, Size d, Size step, const Thresholds& limits,
                       SpectralReport& report);

// v = D u / |D u| and its curvature v^T A v = value / |D u|^2, for a unit u with u^T (D A D) u = value.
void map_direction(const std::vector<double>& scale, const double* u, double value,
                   std::vector<double>& direction, double& curvature);

}  // namespace tepui
