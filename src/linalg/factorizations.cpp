// Cholesky and Bunch-Kaufman factorisations of a shifted matrix: signs of eigenvalues without a spectrum
// (MATH.md section 10).
#include <string>

#include "linalg/lapack.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::linalg {
namespace {

// Inertia of the block-diagonal factor that dsytrf left behind. A 2 x 2 block is chosen only when its
// off-diagonal entry dominates, which makes its determinant negative: one eigenvalue of each sign.
ShiftedInertia block_diagonal_inertia(const Buffer<double>& factor, const Buffer<lapack_int>& pivots,
                                      Size n) {
    ShiftedInertia inertia;
    for (Size k = 0; k < n; ++k) {
        if (pivots[k] < 0) {
            ++inertia.negative;
            ++inertia.positive;
            ++k;
            continue;
        }
        const double pivot = factor[k * n + k];
        if (pivot < 0.0) {
            ++inertia.negative;
        } else if (pivot > 0.0) {
            ++inertia.positive;
        } else {
            ++inertia.zero;
        }
    }
    return inertia;
}

}  // namespace

ShiftedInertia shifted_inertia(const Matrix& a, double shift) {
    const lapack_int n = lapack_order(a);
    require_finite_triangle(a);
    if (n == 0) return {};
    Buffer<double> factor = shifted_triangle(a, -shift);
    Buffer<lapack_int> pivots(n);
    double best_work = 0.0;
    lapack_int info =
        LAPACKE_dsytrf_work(LAPACK_COL_MAJOR, kOurLower, n, factor.data(), n, pivots.data(), &best_work, -1);
    require_accepted(info, "dsytrf");
    Buffer<double> work(static_cast<Size>(best_work));
    // A positive info names an exactly zero pivot; the factorisation is complete and that pivot counts as
    // zero.
    info = LAPACKE_dsytrf_work(LAPACK_COL_MAJOR, kOurLower, n, factor.data(), n, pivots.data(), work.data(),
                               static_cast<lapack_int>(work.size()));
    require_accepted(info, "dsytrf");
    return block_diagonal_inertia(factor, pivots, n);
}

bool is_positive_definite(const Matrix& a, double shift) {
    const lapack_int n = lapack_order(a);
    require_finite_triangle(a);
    if (n == 0) return true;
    Buffer<double> factor = shifted_triangle(a, -shift);
    const lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, kOurLower, n, factor.data(), n);
    require_accepted(info, "dpotrf");
    return info == 0;
}

bool solve_positive_definite(const Matrix& a, double shift, std::span<const double> b, std::span<double> x) {
    const lapack_int n = lapack_order(a);
    require_finite_triangle(a);
    if (static_cast<Size>(b.size()) != n || static_cast<Size>(x.size()) != n) {
        throw Error(Status::invalid_size, "a system of order " + std::to_string(n) +
                                              " has a right-hand side of " + std::to_string(b.size()) +
                                              " and a solution of " + std::to_string(x.size()) + " entries");
    }
    if (n == 0) return true;
    Buffer<double> factor = shifted_triangle(a, shift);
    lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, kOurLower, n, factor.data(), n);
    require_accepted(info, "dpotrf");
    if (info > 0) return false;
    std::copy(b.begin(), b.end(), x.begin());
    info = LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, kOurLower, n, 1, factor.data(), n, x.data(), n);
    require_accepted(info, "dpotrs");
    return true;
}

}  // namespace tepui::linalg
