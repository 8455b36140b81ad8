// The diagonal scaling under which a matrix is judged, and the thresholds below which its eigenvalues count
// as zero (MATH.md section 10).
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace tepui {

// D of D A D, powers of two, and T_jj: bounds of |A_jl| are sqrt(T_jj T_ll).
struct Equilibration {
    std::vector<double> scale;
    std::vector<double> magnitude;
};

// Powers of two D_j that bring D_j^2 T_j between 1/4 and 4; 1 for T_j = 0. They go by the ratios of the T_j:
// all of them times one number, an odd power of two included, leave the D_j as they were up to one factor.
std::vector<double> powers_of_two_scaling(std::span<const double> magnitude);

// entry(i, j), i >= j: the lower triangle of A. Where the matrix itself contradicts the given magnitudes (a
// diagonal entry without terms beside a non-zero off-diagonal one), they are raised until it does not.
template <class Entry>
Equilibration equilibrating_scaling(Size d, const Entry& entry, std::span<const double> given) {
    Equilibration result;
    std::vector<double>& magnitude = result.magnitude;
    magnitude.assign(given.begin(), given.end());
    for (Size j = 0; j < d; ++j) magnitude[j] = std::max(magnitude[j], std::abs(entry(j, j)));
    for (Size j = 0; j < d; ++j) {
        if (magnitude[j] > 0.0) continue;
        for (Size l = 0; l < d; ++l) {
            const double size = std::abs(l < j ? entry(j, l) : entry(l, j));
            if (size == 0.0) continue;
            magnitude[j] = std::max(magnitude[j], magnitude[l] > 0.0 ? size * (size / magnitude[l]) : size);
        }
    }
    result.scale = powers_of_two_scaling(magnitude);
    return result;
}

// entry(i, j), i >= j: entries of a symmetric matrix M. The Frobenius norm of D M D.
template <class Entry>
double scaled_norm(Size d, const Entry& entry, const std::vector<double>& scale) {
    double diagonal = 0.0;
    double off = 0.0;
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < i; ++j) {
            const double x = scale[i] * entry(i, j) * scale[j];
            off += x * x;
        }
        const double x = scale[i] * entry(i, i) * scale[i];
        diagonal += x * x;
    }
    return std::sqrt(2.0 * off + diagonal);
}

struct Thresholds {
    double rounding = 0.0;  // the part of tau that is rounding of the sums
    double tau = 0.0;       // eigenvalues of D A D within [-tau, tau] count as zero
    double own = 0.0;       // the same of A itself
};

// tau = factor (eps (d + sqrt(terms)) sum_j D_j^2 T_jj + beyond). beyond: bound on the norm of the error that
// D A D has otherwise; own_beyond: that of A.
Thresholds thresholds(const Equilibration& scaling, Size terms, double beyond, double own_beyond,
                      double factor);

}  // namespace tepui
