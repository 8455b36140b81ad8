// Blocked Cholesky factorisation of a shifted row-major lower triangle (MATH.md section 10: success proves
// definiteness). LAPACK's dpotrf over BLIS spends a millisecond on order 64: its recursion ends in very small
// BLAS calls.
#include <cmath>
#include <string>

#include "linalg/blis_calls.hpp"
#include "linalg/cholesky.hpp"
#include "linalg/lapack.hpp"
#include "linalg/symmetric.hpp"
#include "linalg/wide.hpp"

namespace tepui::linalg {
namespace {

constexpr Size kBlock = 128;
// Columns whose products are taken from what is right of them in one go: every entry is read and written once
// for all of them.
constexpr Size kPanel = 4;

// Rows [begin, end) of four columns of L, column by column, with the diagonal block `l` above them.
TEPUI_WIDE void solve_panel(Size begin, Size end, const double (*l)[kPanel], double (*panel)[kBlock]) {
    double *x0 = panel[0], *x1 = panel[1], *x2 = panel[2], *x3 = panel[3];
#pragma omp simd
    for (Size i = begin; i < end; ++i) {
        const double l0 = x0[i] / l[0][0];
        const double l1 = (x1[i] - l0 * l[1][0]) / l[1][1];
        const double l2 = ((x2[i] - l0 * l[2][0]) - l1 * l[2][1]) / l[2][2];
        const double l3 = (((x3[i] - l0 * l[3][0]) - l1 * l[3][1]) - l2 * l[3][2]) / l[3][3];
        x0[i] = l0;
        x1[i] = l1;
        x2[i] = l2;
        x3[i] = l3;
    }
}

// Columns [first, first + count) of L from row `first` on, in place, and those below the diagonal block
// column by column in panel[c]; false at a pivot that is not positive.
bool factor_panel(double* a, Size n, Size lda, Size first, Size count, double (*panel)[kBlock]) {
    double l[kPanel][kPanel];
    for (Size i = 0; i < count; ++i) {
        double* row = a + (first + i) * lda + first;
        for (Size c = 0; c <= i; ++c) {
            double left = row[c];
            for (Size e = 0; e < c; ++e) left -= l[i][e] * l[c][e];
            if (c == i && !(left > 0.0)) return false;
            row[c] = l[i][c] = c < i ? left / l[c][c] : std::sqrt(left);
        }
    }
    const Size below = first + kPanel;  // where there are rows, there are four columns
    for (Size i = below; i < n; ++i)
        for (Size c = 0; c < kPanel; ++c) panel[c][i] = a[i * lda + first + c];
    if (below < n) solve_panel(below, n, l, panel);
    for (Size i = below; i < n; ++i)
        for (Size c = 0; c < kPanel; ++c) a[i * lda + first + c] = panel[c][i];
    return true;
}

// Takes the products of four columns of L, from `first` on, from the lower triangle right of them.
TEPUI_WIDE void subtract_panel(double* a, Size n, Size lda, Size first, const double (*panel)[kBlock]) {
    const Size next = first + kPanel;
    for (Size i = next; i < n; ++i) {
        const double* l = a + i * lda + first;
        const double l0 = l[0], l1 = l[1], l2 = l[2], l3 = l[3];
        double* row = a + i * lda;
#pragma omp simd
        for (Size j = next; j <= i; ++j)
            row[j] -= (l0 * panel[0][j] + l1 * panel[1][j]) + (l2 * panel[2][j] + l3 * panel[3][j]);
    }
}

// L of the leading block of order n <= kBlock in place; false at a pivot that is not positive.
bool factor_block(double* a, Size n, Size lda) {
    double panel[kPanel][kBlock];
    for (Size first = 0; first < n; first += kPanel) {
        if (!factor_panel(a, n, lda, first, std::min(kPanel, n - first), panel)) return false;
        subtract_panel(a, n, lda, first, panel);
    }
    return true;
}

bool factor(double* a, Size n) {
    for (Size begin = 0; begin < n; begin += kBlock) {
        const Size size = std::min(kBlock, n - begin);
        const Size end = begin + size;
        if (!factor_block(a + begin * n + begin, size, n)) return false;
        if (end == n) return true;
        double* below = a + end * n + begin;
        solve_right_transposed(n - end, size, a + begin * n + begin, n, below, n);
        subtract_product_lower(n - end, size, {below, n, 1}, {below, 1, n}, a + end * n + end, n, 1);
    }
    return true;
}

void substitute_forward(const double* l, Size n, std::span<double> x) {
    for (Size i = 0; i < n; ++i) {
        const double* row = l + i * n;
        double sum[4] = {};
        Size k = 0;
        for (; k + 4 <= i; k += 4) {
            for (Size c = 0; c < 4; ++c) sum[c] += row[k + c] * x[k + c];
        }
        for (; k < i; ++k) sum[0] += row[k] * x[k];
        x[i] = (x[i] - ((sum[0] + sum[1]) + (sum[2] + sum[3]))) / row[i];
    }
}

void substitute_backward(const double* l, Size n, std::span<double> x) {
    for (Size i = n - 1; i >= 0; --i) {
        const double* row = l + i * n;
        x[i] /= row[i];
        const double xi = x[i];
        for (Size k = 0; k < i; ++k) x[k] -= row[k] * xi;
    }
}

}  // namespace

bool is_positive_definite(const Matrix& a, double shift) {
    return CholeskyFactor().factor(a, -shift);
}

bool solve_positive_definite(const Matrix& a, double shift, std::span<const double> b, std::span<double> x) {
    const Size n = lapack_order(a);
    if (static_cast<Size>(b.size()) != n || static_cast<Size>(x.size()) != n) {
        throw Error(Status::invalid_size, "a system of order " + std::to_string(n) +
                                              " has a right-hand side of " + std::to_string(b.size()) +
                                              " and a solution of " + std::to_string(x.size()) + " entries");
    }
    CholeskyFactor triangle;
    if (!triangle.factor(a, shift)) return false;
    std::copy(b.begin(), b.end(), x.begin());
    triangle.solve(x);
    return true;
}

bool CholeskyFactor::factor(const Matrix& a, double shift) {
    order_ = lapack_order(a);
    require_finite_triangle(a);
    if (lower_.size() != order_ * order_) lower_ = Buffer<double>(checked_product(order_, order_));
    for (Size i = 0; i < order_; ++i) {
        std::copy_n(a.row(i), i + 1, lower_.data() + i * order_);
        lower_[i * order_ + i] += shift;
    }
    return linalg::factor(lower_.data(), order_);
}

void CholeskyFactor::solve(std::span<double> x) const {
    substitute_forward(lower_.data(), order_, x);
    substitute_backward(lower_.data(), order_, x);
}

void CholeskyFactor::solve_lower(std::span<double> x) const {
    substitute_forward(lower_.data(), order_, x);
}

}  // namespace tepui::linalg
