// The spectral report of a large matrix from counts of eigenvalues and a few Ritz pairs (MATH.md section 10).
#include <cmath>

#include "classification/spectrum/spectral.hpp"
#include "linalg/inertia.hpp"

namespace tepui {
namespace {

constexpr Size kSmallestOrder = 49;  // below, the whole spectrum is cheaper
constexpr double kGuard = SpectralReport::kClearMargin;
constexpr double kClearZero = 0.5;
constexpr double kAccuracy = 1e-5;  // residual of the Ritz pairs beside the norm

// Rows without terms are exactly zero (constant-zero inputs): each is a zero eigenvalue of its own and no
// part of any other eigenvector.
std::vector<Size> rows_with_terms(const Equilibration& scaling) {
    std::vector<Size> rows;
    for (std::size_t j = 0; j < scaling.magnitude.size(); ++j) {
        if (scaling.magnitude[j] > 0.0) rows.push_back(static_cast<Size>(j));
    }
    return rows;
}

// The rows and columns of A that have terms, as they are and scaled.
struct Compressed {
    Matrix own, scaled;
    bool uniform = true;  // scaled = scale^2 own
    double scale = 1.0;
};

Compressed compress(const Matrix& a, const std::vector<Size>& rows, const std::vector<double>& scale) {
    const Size size = static_cast<Size>(rows.size());
    Compressed result{Matrix(size, size), Matrix(size, size)};
    result.scale = scale[rows[0]];
    for (Size i = 0; i < size; ++i) {
        const double* from = a.row(rows[i]);
        const double factor = scale[rows[i]];
        result.uniform = result.uniform && factor == result.scale;
        for (Size j = 0; j < size; ++j) {
            const double entry = from[rows[j]];
            result.own(i, j) = entry;
            result.scaled(i, j) = factor * entry * scale[rows[j]];
        }
    }
    return result;
}

linalg::ExtremePairs own_ends(const Compressed& matrix, const linalg::VerdictSpectrum& counted) {
    const bool ends_known = !counted.nearest_negative && !counted.nearest_positive;
    if (!matrix.uniform || !ends_known) return linalg::extreme_pairs(matrix.own, kAccuracy);
    const double square = matrix.scale * matrix.scale;
    return {counted.lambda_min / square,
            counted.lambda_max / square,
            counted.error_min / square,
            counted.error_max / square,
            counted.v_min,
            counted.v_max};
}

std::vector<double> spread(const std::vector<double>& part, const std::vector<Size>& rows, Size d) {
    std::vector<double> whole(d, 0.0);
    for (std::size_t p = 0; p < part.size(); ++p) whole[rows[p]] = part[p];
    return whole;
}

// As for a whole spectrum: the end of A itself where its sign is beyond the error of A, else the pair of D A
// D.
void direction_of_sign(double own_value, const std::vector<double>& own_vector, double own_error,
                       double scaled_value, const std::vector<double>& scaled_vector,
                       const std::vector<double>& scale, const std::vector<Size>& rows,
                       std::vector<double>& direction, double& curvature) {
    const Size d = static_cast<Size>(scale.size());
    if (own_value * scaled_value > 0.0 && std::abs(own_value) > own_error) {
        direction = spread(own_vector, rows, d);
        curvature = own_value;
        return;
    }
    map_direction(scale, spread(scaled_vector, rows, d).data(), scaled_value, direction, curvature);
}

// What the counts prove is consistent with the pairs found, and no eigenvalue is near a threshold.
bool settled(const Matrix& scaled, const linalg::VerdictSpectrum& counted, const Thresholds& limits) {
    if (!counted.clear) return false;
    if (counted.negative > 0 && !(counted.lambda_min < -limits.tau)) return false;
    if (counted.positive > 0 && !(counted.lambda_max > limits.tau)) return false;
    if (counted.zero == 0 || limits.tau <= limits.rounding) return true;
    return linalg::count_within(scaled, kClearZero * limits.rounding) == counted.zero;
}

}  // namespace

SpectralReport inertia_report(const Matrix& a, std::span<const double> magnitude, Size terms,
                              const Matrix* uncertainty, double factor) {
    const Size d = a.rows();
    const Equilibration scaling = equilibrating_scaling(
        d, [&](Size i, Size j) { return a(i, j); }, magnitude);
    const std::vector<Size> rows = rows_with_terms(scaling);
    if (static_cast<Size>(rows.size()) < kSmallestOrder)
        return spectral_report(a, magnitude, terms, uncertainty, factor);
    const auto norm = [&](const std::vector<double>& scale) {
        if (uncertainty == nullptr) return 0.0;
        return scaled_norm(
            d, [&](Size i, Size j) { return (*uncertainty)(i, j); }, scale);
    };
    const Thresholds limits = thresholds(scaling, terms, norm(scaling.scale),
                                         norm(std::vector<double>(scaling.scale.size(), 1.0)), factor);
    const Compressed matrix = compress(a, rows, scaling.scale);
    linalg::VerdictOptions options;
    options.guard = kGuard;
    options.accuracy = kAccuracy;
    const linalg::VerdictSpectrum counted = linalg::verdict_spectrum(matrix.scaled, limits.tau, options);
    if (!settled(matrix.scaled, counted, limits))
        return spectral_report(a, magnitude, terms, uncertainty, factor);

    SpectralReport report;
    report.method = NeuronMethod::inertia;
    report.inertia = {counted.negative, counted.zero + d - static_cast<Size>(rows.size()), counted.positive};
    report.tau = limits.tau;
    if (counted.negative + counted.positive > 0)
        report.margin = std::max(counted.gap, kGuard * limits.tau) / limits.tau;
    if (counted.zero > 0) report.zero_level = kClearZero;
    const linalg::ExtremePairs own = own_ends(matrix, counted);
    report.lambda_min = own.lambda_min;
    report.lambda_max = own.lambda_max;
    if (static_cast<Size>(rows.size()) < d) {  // the zero rows have a say
        report.lambda_min = std::min(report.lambda_min, 0.0);
        report.lambda_max = std::max(report.lambda_max, 0.0);
    }
    report.lambda_error = std::max(own.error_min, own.error_max);
    if (counted.negative > 0) {
        direction_of_sign(own.lambda_min, own.v_min, limits.own, counted.lambda_min, counted.v_min,
                          scaling.scale, rows, report.v_negative, report.curvature_negative);
    }
    if (counted.positive > 0) {
        direction_of_sign(own.lambda_max, own.v_max, limits.own, counted.lambda_max, counted.v_max,
                          scaling.scale, rows, report.v_positive, report.curvature_positive);
    }
    return report;
}

}  // namespace tepui
