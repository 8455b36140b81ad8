#include "classification/critical_set/flattest.hpp"

#include <cmath>
#include <limits>

#include "classification/spectrum/equilibration.hpp"

namespace tepui {

double Flattest::value() const {
    return index < 0 ? std::numeric_limits<double>::quiet_NaN() : eigen.values[index];
}

Flattest flattest_of(const HessianValue& hessian, Size samples, const Tolerances& tolerances,
                     bool want_vectors) {
    const Matrix& value = hessian.value;
    const Size order = value.rows();
    const Equilibration scaling = equilibrating_scaling(
        order, [&](Size i, Size j) { return value(i, j); }, hessian.magnitude);
    Matrix scaled(order, order);
    for (Size i = 0; i < order; ++i) {
        for (Size j = 0; j < order; ++j) scaled(i, j) = scaling.scale[i] * value(i, j) * scaling.scale[j];
    }
    SpectralReport report;
    count_eigenvalues(linalg::symmetric_eigen(scaled, false).values.data(), order, 1,
                      thresholds(scaling, samples, 0.0, 0.0, tolerances.rounding_factor), report);
    Flattest found{linalg::symmetric_eigen(value, want_vectors), report.inertia, -1};
    // Ascending: the negative ones first, then the zeros.
    const auto& [negative, zero, positive] = found.counted;
    if (positive > 0) found.index = order - positive;
    const Size below = negative - 1;
    if (negative > 0 &&
        (found.index < 0 || std::abs(found.eigen.values[below]) < std::abs(found.eigen.values[found.index])))
        found.index = below;
    return found;
}

}  // namespace tepui
