#include "certify/congruence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "certify/ball_product.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::balls {
namespace {

BallMatrix exact_matrix(const Matrix& a) {
    BallMatrix result(a.rows(), a.cols());
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < a.cols(); ++j) result(i, j) = Ball(a(i, j));
    return result;
}

Matrix middles(const BallMatrix& a) {
    Matrix result(a.rows(), a.cols());
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < a.cols(); ++j) result(i, j) = middle(a(i, j));
    return result;
}

// Upper bound of sum_{l != k} |a_kl|.
double off_diagonal(const BallMatrix& a, Size k) {
    Ball sum;
    for (Size l = 0; l < a.cols(); ++l)
        if (l != k) sum += absolute(a(k, l));
    return upper_bound(sum);
}

// bound / (1 - defect) when it is to grow, bound / (1 + defect) when it is to shrink.
Ball undistorted(const Ball& bound, double defect, bool grow) {
    return bound / (Ball(1.0) + Ball(grow ? -defect : defect));
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
        off = std::max(off, off_diagonal(c.product, k));
        const double lower = lower_bound(c.product(k, k)), upper = upper_bound(c.product(k, k));
        least = {std::min(least.lower, lower), std::min(least.upper, upper)};
        most = {std::max(most.lower, lower), std::max(most.upper, upper)};
    }
    const auto widened = [&](const Interval& e) {
        const Ball lower = Ball(e.lower) - Ball(off), upper = Ball(e.upper) + Ball(off);
        return Interval{lower_bound(undistorted(lower, c.defect, sign(lower) <= 0)),
                        upper_bound(undistorted(upper, c.defect, sign(upper) >= 0))};
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
        const double off = off_diagonal(c.product, k);
        Ball disc(c.product(k, k));
        disc.widen(off);
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
    return {std::vector<double>(a.rows(), 1.0), {values.begin(), values.end()}, std::move(eigen.vectors)};
}

}  // namespace

Congruence congruence(const BallMatrix& a, const Approximation& approximation, const Execution& execution) {
    const Size n = a.rows();
    BallMatrix scaled(a);
    for (Size i = 0; i < n; ++i)
        for (Size j = 0; j < n; ++j)
            scaled(i, j) = a(i, j) * Ball(approximation.scale[i]) * Ball(approximation.scale[j]);
    const BallMatrix v = exact_matrix(approximation.vectors);
    BallMatrix half(n, n), gram(n, n);
    Congruence result{BallMatrix(n, n), 0.0};
    const auto multiply = [&](int product, const BallMatrix& left, const BallMatrix& right, Part part,
                              BallMatrix& into) {
        execution.report_or_throw("certificate: eigenvalues", product / 3.0);
        add_product(left, right, into, part, execution.threads);
    };
    multiply(0, v, scaled, Part::all, half);  // A is symmetric
    multiply(1, half, v, Part::lower, result.product);
    mirror_lower(result.product);
    multiply(2, v, v, Part::lower, gram);
    mirror_lower(gram);
    for (Size k = 0; k < n; ++k) {
        const double diagonal = magnitude_bound(gram(k, k) - Ball(1.0));
        result.defect = std::max(result.defect, rounded_up(diagonal + off_diagonal(gram, k)));
    }
    return result;
}

SpectrumProof prove_spectrum(const BallMatrix& a, const Approximation& approximation,
                             const Congruence& scaled, double floor, const Execution& execution) {
    SpectrumProof result;
    result.order = a.rows();
    count_signs(scaled, floor, result);
    enclose_extremes(congruence(a, unscaled(a), execution), result);
    if (!result.all()) return result;
    // Where mixed units drown the smallest eigenvalue in rounding, the scaled matrix still bounds it.
    const double largest_scale = *std::max_element(approximation.scale.begin(), approximation.scale.end());
    const double beyond = lower_bound(Ball(result.weakest) / squared(Ball(largest_scale)));
    if (result.negative == 0) result.smallest.lower = std::max(result.smallest.lower, beyond);
    if (result.positive == 0) result.largest.upper = std::min(result.largest.upper, -beyond);
    return result;
}

SpectrumProof prove_spectrum(const BallMatrix& a, std::span<const double> magnitude, double floor,
                             const Execution& execution) {
    const Approximation approximation = approximate(middles(a), magnitude);
    return prove_spectrum(a, approximation, congruence(a, approximation, execution), floor, execution);
}

}  // namespace tepui::balls
