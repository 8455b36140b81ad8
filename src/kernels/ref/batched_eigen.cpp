// The batched eigensolver as plain cyclic Jacobi (Rutishauser's formulas), one matrix after the other.
#include "kernels/batched_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace tepui::kernels::ref {
namespace {

constexpr int kMaxSweeps = 60;

struct Dense {
    Size d;
    std::vector<double> a;  // symmetric, full
    std::vector<double> v;  // columns: eigenvectors
    double& at(Size i, Size j) { return a[i * d + j]; }
    double& vector(Size i, Size j) { return v[i * d + j]; }
};

// The rotation in the plane (i, j) that annihilates a_ij.
void rotate(Dense& m, Size i, Size j) {
    const double off = m.at(i, j);
    if (off == 0.0) return;
    const double theta = (m.at(j, j) - m.at(i, i)) / (2.0 * off);
    const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
    const double c = 1.0 / std::hypot(t, 1.0);
    const double s = t * c;
    for (Size k = 0; k < m.d; ++k) {
        const double x = m.at(k, i);
        const double y = m.at(k, j);
        m.at(k, i) = c * x - s * y;
        m.at(k, j) = s * x + c * y;
    }
    for (Size k = 0; k < m.d; ++k) {
        const double x = m.at(i, k);
        const double y = m.at(j, k);
        m.at(i, k) = c * x - s * y;
        m.at(j, k) = s * x + c * y;
    }
    m.at(i, j) = m.at(j, i) = 0.0;
    for (Size k = 0; k < m.d; ++k) {
        const double x = m.vector(k, i);
        const double y = m.vector(k, j);
        m.vector(k, i) = c * x - s * y;
        m.vector(k, j) = s * x + c * y;
    }
}

bool diagonalise(Dense& m) {
    const double largest = std::transform_reduce(
        m.a.begin(), m.a.end(), 0.0, [](double x, double y) { return std::max(x, y); },
        [](double x) { return std::abs(x); });
    for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
        double off = 0.0;
        for (Size i = 0; i < m.d; ++i) {
            for (Size j = 0; j < i; ++j) off = std::max(off, std::abs(m.at(i, j)));
        }
        if (off <= 1e-20 * largest) return true;
        for (Size i = 0; i < m.d; ++i) {
            for (Size j = i + 1; j < m.d; ++j) rotate(m, i, j);
        }
    }
    return false;
}

}  // namespace

Size batched_eigen(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv) {
    Size failed = 0;
    for (Size q = 0; q < count; ++q) {
        Dense m{d, std::vector<double>(d * d), std::vector<double>(d * d)};
        double largest = 0.0;
        bool finite = true;
        for (Size p = 0; p < triangle(d); ++p) {
            finite = finite && std::isfinite(g[p * ldg + q]);
            largest = std::max(largest, std::abs(g[p * ldg + q]));
        }
        const int exponent = finite && largest > 0.0 ? std::ilogb(largest) : 0;
        for (Size i = 0; i < d; ++i) {
            m.vector(i, i) = 1.0;
            for (Size j = 0; j <= i; ++j)
                m.at(i, j) = m.at(j, i) = std::scalbn(g[(triangle(i) + j) * ldg + q], -exponent);
        }
        const bool good = finite && diagonalise(m);
        failed += good ? 0 : 1;

        std::vector<Size> order(d);
        std::iota(order.begin(), order.end(), Size{0});
        std::sort(order.begin(), order.end(), [&](Size x, Size y) { return m.at(x, x) < m.at(y, y); });
        for (Size l = 0; l < d; ++l) {
            const Size from = order[l];
            values[l * ldv + q] =
                good ? std::scalbn(m.at(from, from), exponent) : std::numeric_limits<double>::quiet_NaN();
            if (vectors == nullptr) continue;
            for (Size j = 0; j < d; ++j) {
                vectors[(l * d + j) * ldv + q] =
                    good ? m.vector(j, from) : std::numeric_limits<double>::quiet_NaN();
            }
        }
    }
    return failed;
}

}  // namespace tepui::kernels::ref
