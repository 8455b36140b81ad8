// Symmetric matrices with a wanted spectrum.
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "core/random.hpp"

namespace tepui::testing {

// Q diag(values) Q^T with Q a product of three random Householder reflections, stored full, symmetric to the
// bit.
inline Matrix with_spectrum(const std::vector<double>& values, Random& random) {
    const Size n = static_cast<Size>(values.size());
    Matrix a(n, n);
    for (Size i = 0; i < n; ++i) a(i, i) = values[static_cast<std::size_t>(i)];
    std::vector<double> u(values.size());
    std::vector<double> au(values.size());
    for (int reflection = 0; reflection < 3; ++reflection) {
        double norm = 0.0;
        for (double& x : u) {
            x = random.normal();
            norm += x * x;
        }
        double uau = 0.0;
        for (Size i = 0; i < n; ++i) {
            au[i] = 0.0;
            for (Size j = 0; j < n; ++j) au[i] += a(i, j) * u[j];
            uau += u[i] * au[i];
        }
        const double beta = 2.0 / norm;
        for (Size i = 0; i < n; ++i) {
            for (Size j = 0; j <= i; ++j) {
                a(i, j) += -beta * (u[i] * au[j] + au[i] * u[j]) + beta * beta * uau * u[i] * u[j];
                a(j, i) = a(i, j);
            }
        }
    }
    return a;
}

}  // namespace tepui::testing
