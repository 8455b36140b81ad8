#include "certify/congruence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/symmetric.hpp"

namespace tepui::balls {
namespace {

BallMatrix exact_matrix(const Matrix& a) {
    BallMatrix result(a.rows(), a.cols());
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < a.cols(); ++j) arb_set_d(result(i, j), a(i, j));
    return result;
}

Matrix middles(const BallMatrix& a) {
    Matrix result(a.rows(), a.cols());
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < a.cols(); ++j) result(i, j) = middle(a(i, j));
    return result;
}

// Upper bound of sum_{l != k} |a_kl| plus |a_kk - diagonal|.
double row_sum(const BallMatrix& a, Size k, arb_srcptr diagonal) {
    Ball sum, term;
    for (Size l = 0; l < a.cols(); ++l) {
        if (l == k) {
            if (diagonal == nullptr) continue;
            arb_sub(term, a(k, l), diagonal, 64);
            arb_abs(term, term);
        } else {
            arb_abs(term, a(k, l));
        }
        arb_add(sum, sum, term, 64);
    }
    return upper_bound(sum);
}

// bound / (1 - defect) when it is to grow, bound / (1 + defect) when it is to shrink.
Ball undistorted(const Ball& bound, double defect, bool grow) {
    Ball factor(grow ? -defect : defect), result;
    arb_add_ui(factor, factor, 1, 64);
    arb_div(result, bound, factor, 64);
    return result;
}

// Weyl: the k-th eigenvalue is within the largest off-diagonal row sum of the k-th diagonal entry; Ostrowski:
// V changes it by a factor within 1 -+ defect.
void enclose_extremes(const Congruence& c, SpectrumProof& result) {
    const double infinity = std::numeric_limits<double>::infinity();
    result.smallest = result.largest = {-infinity, infinity};
    if (!(c.defect < 0.5)) return;
    double off = 0.0;
    Interval least{infinity, infinity}, most{-infinity, -infinity};
    for (Size k = 0; k < result.order; ++k) {
        off = std::max(off, row_sum(c.product, k, nullptr));
        const double lower = lower_bound(c.product(k, k)), upper = upper_bound(c.product(k, k));
        least = {std::min(least.lower, lower), std::min(least.upper, upper)};
        most = {std::max(most.lower, lower), std::max(most.upper, upper)};
    }
    const auto widened = [&](const Interval& e) {
        Ball lower(e.lower), upper(e.upper), radius(off);
        arb_sub(lower, lower, radius, 64);
        arb_add(upper, upper, radius, 64);
        return Interval{lower_bound(undistorted(lower, c.defect, sign(lower) < 0)),
                        upper_bound(undistorted(upper, c.defect, sign(upper) > 0))};
    };
    result.smallest = widened(least);
    result.largest = widened(most);
}

// Rows whose Gershgorin disc lies beyond `threshold` on one side make a principal submatrix that is definite:
// by interlacing the whole has at least so many eigenvalues of that sign.
void count_signs(const Congruence& c, double floor, SpectrumProof& result) {
    if (!(c.defect < 0.5)) return;
    // Eigenvalues of V A V^T beyond this are beyond the floor in A: they differ by a factor within 1 -+ 1/2.
    const double threshold = 1.5 * floor;
    double weakest = std::numeric_limits<double>::infinity();
    for (Size k = 0; k < result.order; ++k) {
        const double off = row_sum(c.product, k, nullptr);
        Ball disc(c.product(k, k));
        widen(disc, off);
        const double lower = lower_bound(disc), upper = upper_bound(disc);
        if (lower > threshold) ++result.positive;
        if (upper < -threshold) ++result.negative;
        weakest = std::min(weakest, std::max({lower, -upper, 0.0}));
    }
    if (result.all()) result.weakest = lower_bound(undistorted(Ball(weakest), c.defect, false));
}

Approximation unscaled(const BallMatrix& a) {
    linalg::SymmetricEigen eigen = linalg::symmetric_eigen(middles(a), true);
    const auto values = eigen.values.span();
    return {std::vector<double>(static_cast<std::size_t>(a.rows()), 1.0),
            {values.begin(), values.end()},
            std::move(eigen.vectors)};
}

}  // namespace

Congruence congruence(const BallMatrix& a, const Approximation& approximation, Bits precision) {
    const Size n = a.rows();
    BallMatrix scaled(a);
    Ball factor;
    for (Size i = 0; i < n; ++i) {
        for (Size j = 0; j < n; ++j) {
            arb_set_d(factor, approximation.scale[i]);
            arb_mul(scaled(i, j), scaled(i, j), factor, precision);
            arb_set_d(factor, approximation.scale[j]);
            arb_mul(scaled(i, j), scaled(i, j), factor, precision);
        }
    }
    const BallMatrix v = exact_matrix(approximation.vectors);
    BallMatrix vt(n, n), half(n, n), gram(n, n);
    arb_mat_transpose(vt, v);
    Congruence result{BallMatrix(n, n), 0.0};
    arb_mat_mul(half, v, scaled, precision);
    arb_mat_mul(result.product, half, vt, precision);
    arb_mat_mul(gram, v, vt, precision);
    const Ball one(1.0);
    for (Size k = 0; k < n; ++k) result.defect = std::max(result.defect, row_sum(gram, k, one));
    return result;
}

SpectrumProof prove_spectrum(const BallMatrix& a, const Approximation& approximation,
                             const Congruence& scaled, double floor, Bits precision) {
    SpectrumProof result;
    result.order = a.rows();
    count_signs(scaled, floor, result);
    enclose_extremes(congruence(a, unscaled(a), precision), result);
    if (!result.all()) return result;
    // Where mixed units drown the smallest eigenvalue in rounding, the scaled matrix still bounds it.
    const double largest_scale = *std::max_element(approximation.scale.begin(), approximation.scale.end());
    const double beyond = result.weakest / largest_scale / largest_scale;
    if (result.negative == 0) result.smallest.lower = std::max(result.smallest.lower, beyond);
    if (result.positive == 0) result.largest.upper = std::min(result.largest.upper, -beyond);
    return result;
}

SpectrumProof prove_spectrum(const BallMatrix& a, std::span<const double> magnitude, double floor,
                             Bits precision) {
    const Approximation approximation = approximate(middles(a), magnitude);
    return prove_spectrum(a, approximation, congruence(a, approximation, precision), floor, precision);
}

}  // namespace tepui::balls
