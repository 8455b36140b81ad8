#include "classification/spectral.hpp"

#include <cmath>
#include <limits>

namespace tepui {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

// Entry (j, l) is a sum whose absolute terms are at most sqrt(T_jj T_ll). Where the matrix itself contradicts
// the given magnitudes (a diagonal entry without terms beside a non-zero off-diagonal one), they are raised
// until it does not.
std::vector<double> consistent_magnitude(const Matrix& a, std::span<const double> given) {
    const Size d = a.rows();
    std::vector<double> magnitude(given.begin(), given.end());
    for (Size j = 0; j < d; ++j) magnitude[j] = std::max(magnitude[j], std::abs(a(j, j)));
    for (Size j = 0; j < d; ++j) {
        if (magnitude[j] > 0.0) continue;
        for (Size l = 0; l < d; ++l) {
            const double entry = std::abs(a(j, l));
            if (entry == 0.0) continue;
            magnitude[j] =
                std::max(magnitude[j], magnitude[l] > 0.0 ? entry * (entry / magnitude[l]) : entry);
        }
    }
    return magnitude;
}

// The power of two nearest to 1 / sqrt(t).
double power_of_two_scale(double t) {
    if (!(t > 0.0)) return 1.0;
    return std::ldexp(1.0, -static_cast<int>(std::lround(0.5 * std::log2(t))));
}

double weighted_frobenius(const Matrix& matrix, const std::vector<double>& scale) {
    double sum = 0.0;
    for (Size i = 0; i < matrix.rows(); ++i) {
        for (Size j = 0; j < matrix.cols(); ++j) {
            const double entry = scale[i] * matrix(i, j) * scale[j];
            sum += entry * entry;
        }
    }
    return std::sqrt(sum);
}

void count_eigenvalues(const Buffer<double>& values, double rounding, SpectralReport& report) {
    double smallest = std::numeric_limits<double>::infinity();
    double largest_zero = 0.0;
    for (Size l = 0; l < values.size(); ++l) {
        const double lambda = values[l];
        if (std::abs(lambda) <= report.tau) {
            ++report.inertia.zero;
            largest_zero = std::max(largest_zero, std::abs(lambda));
            continue;
        }
        ++(lambda < 0.0 ? report.inertia.negative : report.inertia.positive);
        smallest = std::min(smallest, std::abs(lambda));
    }
    if (std::isfinite(smallest)) report.margin = report.tau > 0.0 ? smallest / report.tau : smallest;
    if (largest_zero > 0.0) report.zero_level = largest_zero / rounding;
}

// A unit direction and its curvature: row `own_row` of the eigenvectors of A when its eigenvalue's sign is
// beyond the error of A, else the equilibrated eigenvector u mapped back, v = D u / |D u| with v^T A v =
// lambda / |D u|^2.
void direction_of_sign(const linalg::SymmetricEigen& own, double own_error, const Equilibrated& equilibrated,
                       Size row, std::vector<double>& direction, double& curvature) {
    const Size d = static_cast<Size>(equilibrated.scale.size());
    const double scaled_value = equilibrated.eigen.values[row];
    direction.resize(static_cast<std::size_t>(d));
    if (own.values[row] * scaled_value > 0.0 && std::abs(own.values[row]) > own_error) {
        std::copy_n(own.vectors.row(row), d, direction.begin());
        curvature = own.values[row];
        return;
    }
    double norm = 0.0;
    for (Size j = 0; j < d; ++j) {
        direction[j] = equilibrated.scale[j] * equilibrated.eigen.vectors(row, j);
        norm = std::hypot(norm, direction[j]);
    }
    for (double& component : direction) component /= norm;
    curvature = scaled_value / norm / norm;
}

}  // namespace

Definiteness definiteness(const Inertia& inertia) {
    if (inertia.negative > 0 && inertia.positive > 0) return Definiteness::indefinite;
    if (inertia.positive > 0) {
        return inertia.zero == 0 ? Definiteness::positive_definite : Definiteness::positive_semidefinite;
    }
    if (inertia.negative > 0) {
        return inertia.zero == 0 ? Definiteness::negative_definite : Definiteness::negative_semidefinite;
    }
    return Definiteness::zero;
}

Equilibrated equilibrate(const Matrix& a, std::span<const double> magnitude) {
    const Size d = a.rows();
    Equilibrated result;
    result.magnitude = consistent_magnitude(a, magnitude);
    result.scale.resize(static_cast<std::size_t>(d));
    for (Size j = 0; j < d; ++j) result.scale[j] = power_of_two_scale(result.magnitude[j]);
    Matrix scaled(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) scaled(i, j) = result.scale[i] * a(i, j) * result.scale[j];
    }
    result.eigen = linalg::symmetric_eigen(scaled, true);
    return result;
}

double zero_threshold(const Equilibrated& equilibrated, Size terms, const Matrix* uncertainty,
                      double factor) {
    const Size d = static_cast<Size>(equilibrated.scale.size());
    double trace = 0.0;
    for (Size j = 0; j < d; ++j)
        trace += equilibrated.scale[j] * equilibrated.magnitude[j] * equilibrated.scale[j];
    const double rounding = kEps * (static_cast<double>(d) + std::sqrt(static_cast<double>(terms))) * trace;
    const double beyond = uncertainty != nullptr ? weighted_frobenius(*uncertainty, equilibrated.scale) : 0.0;
    return factor * (rounding + beyond);
}

SpectralReport spectral_report(const Matrix& a, const Equilibrated& equilibrated, Size terms,
                               const Matrix* uncertainty, double factor) {
    const Size d = a.rows();
    SpectralReport report;
    if (d == 0) return report;
    report.tau = zero_threshold(equilibrated, terms, uncertainty, factor);
    count_eigenvalues(equilibrated.eigen.values, zero_threshold(equilibrated, terms, nullptr, factor),
                      report);

    const linalg::SymmetricEigen own = linalg::symmetric_eigen(a, true);
    report.lambda_min = own.values[0];
    report.lambda_max = own.values[d - 1];
    double trace = 0.0, beyond = 0.0;
    for (const double t : equilibrated.magnitude) trace += t;
    if (uncertainty != nullptr) {
        beyond = weighted_frobenius(*uncertainty, std::vector<double>(static_cast<std::size_t>(d), 1.0));
    }
    const double own_error =
        factor * (kEps * (static_cast<double>(d) + std::sqrt(static_cast<double>(terms))) * trace + beyond);
    if (report.inertia.negative > 0) {
        direction_of_sign(own, own_error, equilibrated, 0, report.v_negative, report.curvature_negative);
    }
    if (report.inertia.positive > 0) {
        direction_of_sign(own, own_error, equilibrated, d - 1, report.v_positive, report.curvature_positive);
    }
    return report;
}

SpectralReport spectral_report(const Matrix& a, std::span<const double> magnitude, Size terms,
                               const Matrix* uncertainty, double factor) {
    if (a.rows() == 0) return {};
    return spectral_report(a, equilibrate(a, magnitude), terms, uncertainty, factor);
}

}  // namespace tepui
