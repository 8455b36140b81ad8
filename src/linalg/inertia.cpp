#include "linalg/inertia.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "core/random.hpp"
#include "linalg/blis_calls.hpp"
#include "linalg/lanczos.hpp"
#include "linalg/lapack.hpp"
#include "linalg/symmetric.hpp"
#include "linalg/symmetric_factor.hpp"

namespace tepui::linalg {
namespace {

constexpr Size kDenseOrder =
    48;  // up to here the whole spectrum costs less than three factorisations and a Lanczos process

std::vector<double> row_of(const Matrix& m, Size row) {
    return {m.row(row), m.row(row) + m.cols()};
}

VerdictSpectrum from_whole_spectrum(const Matrix& a, double tau, double guard) {
    const SymmetricEigen eigen = symmetric_eigen(a, true);
    const Size n = a.rows();
    VerdictSpectrum result;
    result.clear = true;
    result.gap = std::numeric_limits<double>::infinity();
    for (Size l = 0; l < n; ++l) {
        const double lambda = eigen.values[l];
        ++(lambda < -tau ? result.negative : lambda > tau ? result.positive : result.zero);
        if (std::abs(lambda) > tau / guard && std::abs(lambda) <= guard * tau) result.clear = false;
        if (std::abs(lambda) > tau) result.gap = std::min(result.gap, std::abs(lambda));
    }
    result.lambda_min = eigen.values[0];
    result.lambda_max = eigen.values[n - 1];
    result.v_min = row_of(eigen.vectors, 0);
    result.v_max = row_of(eigen.vectors, n - 1);
    return result;
}

// A - shift I, factored.
struct Shifted {
    Shifted(const Matrix& a, double at) : shift(at), factor(a, at) {}
    double shift;
    SymmetricFactor factor;
};

// Numbers of eigenvalues below -level and above level, and the factorisations that told.
struct Counts {
    Size below = 0;
    Size above = 0;
    double gap = 0.0;  // no eigenvalue that is counted lies closer to zero
    std::optional<Shifted> at_minus;
    std::optional<Shifted> at_plus;
};

constexpr std::uint64_t kProbeSeed = 0x5EED;
constexpr int kProbes = 4;  // applications of the squared inverse
constexpr double kProbeGap = 64.0;

// A distance that the eigenvalues keep from the shift, by the power method on (A - shift I)^-2 from a random
// vector: to be closer, the method would have to be wrong by a factor of kProbeGap, which for a random start
// has a probability below 0.824 sqrt(n) kProbeGap^(1 - 2 kProbes) (Kuczynski and Wozniakowski 1992): 10^-11
// at n = 1000. 0 when it cannot tell.
double sure_distance(const Shifted& shifted, Size n) {
    std::vector<double> x(n);
    Random random(kProbeSeed, 0);
    for (double& value : x) value = random.normal();
    double growth = 0.0;
    for (int application = 0; application <= 2 * kProbes; ++application) {
        double norm = 0.0;
        for (const double value : x) norm += value * value;
        norm = std::sqrt(norm);
        for (double& value : x) value /= norm;
        shifted.factor.solve(x);
        growth = 0.0;
        for (const double value : x) growth += value * value;
    }
    return std::isfinite(growth) && growth > 0.0 ? 1.0 / (std::sqrt(growth) * kProbeGap) : 0.0;
}

// A definite matrix needs one factorisation; so does one whose eigenvalues all keep well away from [-level,
// level].
Counts count_beyond(const Matrix& a, double level, bool likely_negative) {
    const Size n = a.rows();
    Counts counts;
    std::optional<Shifted>& first = likely_negative ? counts.at_minus : counts.at_plus;
    first.emplace(a, likely_negative ? -level : level);
    const ShiftedInertia& inertia = first->factor.inertia();
    counts.gap = level;
    const bool definite = (likely_negative ? inertia.negative : inertia.positive) == n;
    const double distance = definite ? 0.0 : sure_distance(*first, n);
    if (definite || distance >= 2.0 * level) {
        counts.below = inertia.negative;
        counts.above = inertia.positive;
        counts.gap = std::max(level, distance - level);
        return counts;
    }
    std::optional<Shifted>& second = likely_negative ? counts.at_plus : counts.at_minus;
    second.emplace(a, likely_negative ? level : -level);
    counts.below = counts.at_minus->factor.inertia().negative;
    counts.above = counts.at_plus->factor.inertia().positive;
    return counts;
}

// A witness needs its sign, not its last digits, and one more application of the inverse follows.
constexpr double kInverseAccuracy = 1e-4;
constexpr Size kInverseSteps = 60;

// The eigenpair next to the shift on one side of it: an end of the inverse's spectrum.
RitzPair next_to(const Shifted& shifted, Size n, bool above, double accuracy) {
    LanczosOptions options;
    options.accuracy = std::max(accuracy, kInverseAccuracy);
    options.max_steps = kInverseSteps;
    options.want_lowest = !above;
    options.want_highest = above;
    const auto apply_inverse = [&](const double* x, double* y) {
        std::copy_n(x, n, y);
        shifted.factor.solve({y, static_cast<std::size_t>(n)});
    };
    const SpectrumEnds ends = spectrum_ends(n, apply_inverse, options);
    RitzPair pair = above ? ends.highest : ends.lowest;
    // Once more through the inverse: what is left of eigenvectors far away is small beside 1 / gap, not
    // beside their values.
    shifted.factor.solve(pair.vector);
    double norm = 0.0;
    for (const double x : pair.vector) norm = std::hypot(norm, x);
    for (double& x : pair.vector) x /= norm;
    return pair;
}

// Replaces a pair by its Rayleigh quotient and the residual that the matrix itself gives.
void measure(const Matrix& a, RitzPair& pair) {
    const Size n = a.rows();
    std::vector<double> image(n);
    symv(n, {a.data(), n, 1}, pair.vector.data(), image.data());
    double value = 0.0;
    for (Size i = 0; i < n; ++i) value += pair.vector[i] * image[i];
    double residual = 0.0;
    for (Size i = 0; i < n; ++i) residual = std::hypot(residual, image[i] - value * pair.vector[i]);
    pair.value = value;
    pair.residual = residual;
}

// A definite end is resolved when its residual is small beside the eigenvalue itself, not only beside the
// norm.
constexpr double kResolved = 1e-3;

// The lower end, from the pair that Lanczos found. Where the signs demand an eigenvalue that it did not
// resolve, shift and invert gives it, whatever the rest of the spectrum is. The upper end is the lower end of
// -A: sign = -1. `beyond` counts eigenvalues past the level on this side, `outward` is factored there. True
// when the pair is not the end but the eigenvalue nearest to zero on this side.
bool settle_end(const Matrix& a, RitzPair& pair, double sign, Size beyond,
                const std::optional<Shifted>& outward, const std::optional<Shifted>& inward, double tau,
                double accuracy) {
    const double value = sign * pair.value;
    const bool above = sign > 0.0;
    if (beyond > 0) {
        if (value < -tau) return false;
        pair = next_to(outward ? *outward : *inward, a.rows(), !above, accuracy);
        measure(a, pair);
        return true;
    }
    // Nothing lies beyond the level: the end is the first eigenvalue inward of it, or inward of the other
    // level for a definite matrix, which was factored there alone.
    if (pair.residual <= kResolved * std::abs(value)) return false;
    pair = next_to(outward ? *outward : *inward, a.rows(), above, accuracy);
    measure(a, pair);
    return false;
}

// Counts at guard tau; where an eigenvalue comes near the threshold, at tau / guard and at tau as well.
Counts count_signs(const Matrix& a, double tau, double guard, bool likely_negative, VerdictSpectrum& result) {
    Counts outer = count_beyond(a, guard * tau, likely_negative);
    result.negative = outer.below;
    result.positive = outer.above;
    result.gap = outer.gap;
    result.clear = outer.below + outer.above == a.rows();
    if (!result.clear) {
        const Counts inner = count_beyond(a, tau / guard, likely_negative);
        result.clear = inner.below == outer.below && inner.above == outer.above;
        if (!result.clear) {
            const Counts exact = count_beyond(a, tau, likely_negative);
            result.negative = exact.below;
            result.positive = exact.above;
            result.gap = exact.gap;
        }
    }
    result.zero = a.rows() - result.negative - result.positive;
    return outer;
}

// Where zero is an eigenvalue, the others' distance from it: the eigenvalues next to the two shifts, away
// from zero. 0 when they are not resolved.
double gap_beside_zero(const Matrix& a, const Counts& counts, double accuracy) {
    double gap = std::numeric_limits<double>::infinity();
    for (const bool above : {false, true}) {
        if ((above ? counts.above : counts.below) == 0) continue;
        const std::optional<Shifted>& shifted = above ? counts.at_plus : counts.at_minus;
        if (!shifted) return 0.0;
        RitzPair pair = next_to(*shifted, a.rows(), above, accuracy);
        measure(a, pair);
        const double value = above ? pair.value : -pair.value;
        if (!(pair.residual <= kResolved * value)) return 0.0;
        gap = std::min(gap, value - pair.residual);
    }
    return gap;
}

}  // namespace

VerdictSpectrum verdict_spectrum(const Matrix& a, double tau, const VerdictOptions& options) {
    const Size n = a.rows();
    if (!(tau >= 0.0) || !(options.guard >= 1.0)) {
        throw Error(Status::invalid_value, "tau = " + std::to_string(tau) +
                                               " and guard = " + std::to_string(options.guard) +
                                               ", expected tau >= 0 and guard >= 1");
    }
    if (n == 0) return {};
    if (n <= kDenseOrder) return from_whole_spectrum(a, tau, options.guard);
    require_finite_triangle(a);

    LanczosOptions lanczos;
    lanczos.accuracy = options.accuracy;
    const auto apply = [&](const double* x, double* y) { symv(n, {a.data(), n, 1}, x, y); };
    SpectrumEnds ends = spectrum_ends(n, apply, lanczos);

    VerdictSpectrum result;
    const Counts outer = count_signs(a, tau, options.guard, ends.highest.value < 0.0, result);
    result.nearest_negative =
        settle_end(a, ends.lowest, 1.0, outer.below, outer.at_minus, outer.at_plus, tau, options.accuracy);
    result.nearest_positive =
        settle_end(a, ends.highest, -1.0, outer.above, outer.at_plus, outer.at_minus, tau, options.accuracy);
    if (result.clear && result.zero > 0 && result.zero < n)
        result.gap = std::max(result.gap, gap_beside_zero(a, outer, options.accuracy));
    // The end of a definite matrix that is next to zero is known to a small part of itself.
    if (result.clear && result.positive == n)
        result.gap = std::max(result.gap, ends.lowest.value - ends.lowest.residual);
    if (result.clear && result.negative == n)
        result.gap = std::max(result.gap, -ends.highest.value - ends.highest.residual);
    result.lambda_min = ends.lowest.value;
    result.lambda_max = ends.highest.value;
    result.error_min = ends.lowest.residual;
    result.error_max = ends.highest.residual;
    result.v_min = std::move(ends.lowest.vector);
    result.v_max = std::move(ends.highest.vector);
    return result;
}

Size count_within(const Matrix& a, double radius) {
    const Size n = a.rows();
    if (n == 0) return 0;
    const SymmetricFactor lower(a, -radius);
    const SymmetricFactor upper(a, radius);
    return n - lower.inertia().negative - upper.inertia().positive;
}

ExtremePairs extreme_pairs(const Matrix& a, double accuracy) {
    const Size n = a.rows();
    require_finite_triangle(a);
    if (n == 0) return {};
    LanczosOptions options;
    options.accuracy = accuracy;
    const auto apply = [&](const double* x, double* y) { symv(n, {a.data(), n, 1}, x, y); };
    SpectrumEnds ends = spectrum_ends(n, apply, options);
    return {ends.lowest.value,
            ends.highest.value,
            ends.lowest.residual,
            ends.highest.residual,
            std::move(ends.lowest.vector),
            std::move(ends.highest.vector)};
}

}  // namespace tepui::linalg
