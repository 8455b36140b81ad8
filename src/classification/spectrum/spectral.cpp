#include "classification/spectrum/spectral.hpp"

#include <cmath>
#include <limits>

namespace tepui {
namespace {

// A unit direction and its curvature: row `own_row` of the eigenvectors of A when its eigenvalue's sign is
// beyond the error of A, else the equilibrated eigenvector u mapped back, v = D u / |D u| with v^T A v =
// lambda / |D u|^2.
void direction_of_sign(const linalg::SymmetricEigen& own, double own_error, const Equilibrated& equilibrated,
                       Size row, std::vector<double>& direction, double& curvature) {
    const Size d = static_cast<Size>(equilibrated.scaling.scale.size());
    const double scaled_value = equilibrated.eigen.values[row];
    if (own.values[row] * scaled_value > 0.0 && std::abs(own.values[row]) > own_error) {
        direction.assign(own.vectors.row(row), own.vectors.row(row) + d);
        curvature = own.values[row];
        return;
    }
    map_direction(equilibrated.scaling.scale, equilibrated.eigen.vectors.row(row), scaled_value, direction,
                  curvature);
}

double norm_beyond(const Matrix* uncertainty, const std::vector<double>& scale) {
    if (uncertainty == nullptr) return 0.0;
    return scaled_norm(
        uncertainty->rows(), [&](Size i, Size j) { return (*uncertainty)(i, j); }, scale);
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

void count_eigenvalues(const double* values, Size d, Size step, const Thresholds& limits,
                       SpectralReport& report) {
    report.tau = limits.tau;
    double smallest = std::numeric_limits<double>::infinity();
    double largest_zero = 0.0;
    for (Size l = 0; l < d; ++l) {
        const double lambda = values[l * step];
        if (std::abs(lambda) <= limits.tau) {
            ++report.inertia.zero;
            largest_zero = std::max(largest_zero, std::abs(lambda));
            continue;
        }
        ++(lambda < 0.0 ? report.inertia.negative : report.inertia.positive);
        if (std::abs(lambda) < SpectralReport::kClearMargin * limits.tau)
            ++(lambda < 0.0 ? report.near_negative : report.near_positive);
        smallest = std::min(smallest, std::abs(lambda));
    }
    if (std::isfinite(smallest)) report.margin = limits.tau > 0.0 ? smallest / limits.tau : smallest;
    if (largest_zero > 0.0) report.zero_level = largest_zero / limits.rounding;
}

void map_direction(const std::vector<double>& scale, const double* u, double value,
                   std::vector<double>& direction, double& curvature) {
    direction.resize(scale.size());
    double norm = 0.0;
    for (std::size_t j = 0; j < scale.size(); ++j) {
        direction[j] = scale[j] * u[j];
        norm = std::hypot(norm, direction[j]);
    }
    for (double& component : direction) component /= norm;
    curvature = value / norm / norm;
}

Equilibrated equilibrate(const Matrix& a, std::span<const double> magnitude) {
    const Size d = a.rows();
    Equilibrated result;
    result.scaling = equilibrating_scaling(
        d, [&](Size i, Size j) { return a(i, j); }, magnitude);
    const std::vector<double>& scale = result.scaling.scale;
    Matrix scaled(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) scaled(i, j) = scale[i] * a(i, j) * scale[j];
    }
    result.eigen = linalg::symmetric_eigen(scaled, true);
    return result;
}

Thresholds thresholds(const Equilibrated& equilibrated, Size terms, const Matrix* uncertainty,
                      double factor) {
    const std::vector<double>& scale = equilibrated.scaling.scale;
    return thresholds(equilibrated.scaling, terms, norm_beyond(uncertainty, scale),
                      norm_beyond(uncertainty, std::vector<double>(scale.size(), 1.0)), factor);
}

SpectralReport spectral_report(const Matrix& a, const Equilibrated& equilibrated, Size terms,
                               const Matrix* uncertainty, double factor) {
    const Size d = a.rows();
    SpectralReport report;
    if (d == 0) return report;
    const Thresholds limits = thresholds(equilibrated, terms, uncertainty, factor);
    count_eigenvalues(equilibrated.eigen.values.data(), d, 1, limits, report);

    const linalg::SymmetricEigen own = linalg::symmetric_eigen(a, true);
    report.lambda_min = own.values[0];
    report.lambda_max = own.values[d - 1];
    if (report.inertia.negative > 0) {
        direction_of_sign(own, limits.own, equilibrated, 0, report.v_negative, report.curvature_negative);
    }
    if (report.inertia.positive > 0) {
        direction_of_sign(own, limits.own, equilibrated, d - 1, report.v_positive, report.curvature_positive);
    }
    return report;
}

SpectralReport spectral_report(const Matrix& a, std::span<const double> magnitude, Size terms,
                               const Matrix* uncertainty, double factor) {
    if (a.rows() == 0) return {};
    return spectral_report(a, equilibrate(a, magnitude), terms, uncertainty, factor);
}

}  // namespace tepui
