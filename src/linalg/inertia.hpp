// What a verdict needs of a symmetric matrix, without its spectrum: how many eigenvalues lie below -tau,
// within
// [-tau, tau] and above tau, and one eigenvector for each sign that occurs (MATH.md section 10).
#pragma once

#include <vector>

#include "core/matrix.hpp"

namespace tepui::linalg {

struct VerdictSpectrum {
    Size negative = 0;  // eigenvalues below -tau
    Size zero = 0;
    Size positive = 0;
    // True when no eigenvalue has tau / guard < |lambda| <= guard tau: the counts do not hang on the last
    // digits of tau.
    bool clear = false;
    // Every eigenvalue that is not counted as zero is at least that far from zero. Up to guard tau that is a
    // count's word; beyond, a probabilistic bound's that errs once in 10^11 and gives away a factor of up to
    // 64, or the resolved eigenvalue next to zero where the matrix is definite or singular.
    double gap = 0.0;

    // Ritz values with their residuals: an eigenvalue lies within error_min of lambda_min, which the smallest
    // eigenvalue does not exceed; likewise at the other end. The vectors are unit vectors with v^T A v =
    // lambda.
    double lambda_min = 0.0;
    double lambda_max = 0.0;
    double error_min = 0.0;
    double error_max = 0.0;
    std::vector<double> v_min;
    std::vector<double> v_max;
    // When eigenvalues of a sign exist but are too small beside the rest for v_min / v_max to have met them,
    // these are the one nearest to zero instead, and lambda_min / lambda_max is its eigenvalue.
    bool nearest_negative = false;
    bool nearest_positive = false;
};

struct VerdictOptions {
    double guard = 2.0;  // >= 1; see clear
    double accuracy =
        1e-5;  // residual of the Ritz pairs beside the norm; their eigenvalues are accurate to its square
};

// The lower triangle of a is read for the inertia; a must be stored full. tau >= 0.
VerdictSpectrum verdict_spectrum(const Matrix& a, double tau, const VerdictOptions& options = {});

// Number of eigenvalues within [-radius, radius], by inertia.
Size count_within(const Matrix& a, double radius);

// Both ends of the spectrum as Ritz pairs: unit vectors with v^T A v = lambda, an eigenvalue within error of
// lambda. a must be stored full.
struct ExtremePairs {
    double lambda_min = 0.0;
    double lambda_max = 0.0;
    double error_min = 0.0;
    double error_max = 0.0;
    std::vector<double> v_min;
    std::vector<double> v_max;
};
ExtremePairs extreme_pairs(const Matrix& a, double accuracy);

}  // namespace tepui::linalg
