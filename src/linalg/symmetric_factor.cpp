#include "linalg/symmetric_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/rounding.hpp"
#include "linalg/blis_calls.hpp"
#include "linalg/lapack.hpp"

namespace tepui::linalg {
namespace {

constexpr Size kPanel = 64;
constexpr Size kSolveBlock = 32;
constexpr Size kSmallProduct = 1024;  // entries below which a call to BLIS costs more than the product

// Bunch and Kaufman's threshold (1 + sqrt 17) / 8: it bounds the growth of the elements.
const double kAlpha = (1.0 + std::sqrt(17.0)) / 8.0;

struct Largest {
    Size index = -1;
    double size = 0.0;
};

// Of |x_i| over [begin, end) without `except`.
Largest largest_entry(const double* x, Size begin, Size end, Size except) {
    Largest found;
    for (Size i = begin; i < end; ++i) {
        const double size = std::abs(x[i]);
        if (size > found.size && i != except) found = {i, size};
    }
    return found;
}

}  // namespace

// Columns of the panel after elimination, before scaling by D^-1: rows begin .. n - 1, leading dimension n.
struct SymmetricFactor::Panel {
    explicit Panel(Size order) : n(order), columns(order * (std::min(kPanel, order) + 1)) {}
    double* column(Size c) noexcept { return columns.data() + c * n; }
    const double* column(Size c) const noexcept { return columns.data() + c * n; }
    Size n;
    Size used = 0;
    Buffer<double> columns;
};

SymmetricFactor::SymmetricFactor(const Matrix& a, double shift)
    : n_(lapack_order(a)), factor_(n_ * n_), interchange_(n_), order_(n_) {
    require_finite_triangle(a);
    // Row i of a row-major lower triangle, read backwards, is column n - 1 - i of the column-major lower
    // triangle of the matrix with its order reversed. Inertia does not change; solve() reverses its vector.
    for (Size j = 0; j < n_; ++j) {
        const double* row = a.row(n_ - 1 - j);
        std::reverse_copy(row, row + n_ - j, factor_.data() + j * n_ + j);
        at(j, j) -= shift;
        for (Size i = j; i < n_; ++i) norm_ = std::max(norm_, std::abs(at(i, j)));
    }
    Panel panel(n_);
    for (Size begin = 0; begin < n_;) {
        panel.used = 0;
        factor_panel(begin, panel);
        const Size end = begin + panel.used;
        if (end < n_) {
            subtract_product_lower(n_ - end, panel.used, {&factor_[begin * n_ + end], 1, n_},
                                   {panel.column(0) + end, n_, 1}, &at(end, end), 1, n_);
        }
        begin = end;
    }
}

void SymmetricFactor::factor_panel(Size begin, Panel& panel) {
    // A pivot of order 2 may start in the last column but one; the panel stops before it would overflow.
    const bool last = n_ - begin <= kPanel;
    while (begin + panel.used < n_ && (last || panel.used < kPanel - 1)) {
        panel.used += eliminate(begin + panel.used, begin, panel);
    }
}

// Column `column` of the Schur complement that is left at step j: rows j .. n - 1 into out[j ..].
void SymmetricFactor::updated_column(Size column, Size j, Size begin, const Panel& panel, double* out) const {
    for (Size i = j; i < column; ++i) out[i] = at(column, i);
    std::copy_n(factor_.data() + column * n_ + column, n_ - column, out + column);
    const Size done = j - begin;
    if (done == 0) return;
    const double* l = factor_.data() + begin * n_ + j;
    const double* w = panel.column(0) + column;
    if ((n_ - j) * done > kSmallProduct) {
        gemv(n_ - j, done, -1.0, {l, 1, n_}, w, n_, 1.0, out + j);
        return;
    }
    for (Size c = 0; c < done; ++c) {
        for (Size i = 0; i < n_ - j; ++i) out[j + i] -= l[c * n_ + i] * w[c * n_];
    }
}

// Chooses and applies one pivot at column j; returns its order. MATH.md section 10; Bunch & Kaufman 1977.
Size SymmetricFactor::eliminate(Size j, Size begin, Panel& panel) {
    double* w = panel.column(j - begin);
    double* next = panel.column(j - begin + 1);
    updated_column(j, j, begin, panel, w);
    const double diagonal = std::abs(w[j]);
    const Largest below = largest_entry(w, j + 1, n_, -1);
    Size pivot = j;
    Size order = 1;
    if (std::max(diagonal, below.size) > 0.0 && diagonal < kAlpha * below.size) {
        updated_column(below.index, j, begin, panel, next);
        const double row_largest = largest_entry(next, j, n_, below.index).size;
        if (diagonal < kAlpha * below.size * (below.size / row_largest)) {
            pivot = below.index;
            if (std::abs(next[pivot]) >= kAlpha * row_largest) {
                std::copy(next + j, next + n_, w + j);
            } else {
                order = 2;
            }
        }
    }
    interchange(j, j + order - 1, pivot, begin, panel);
    if (order == 1) {
        store_single(j, w);
    } else {
        store_double(j, w, next);
    }
    return order;
}

// Exchanges rows and columns `from` and `to` of what is left, and the same rows of everything eliminated so
// far.
void SymmetricFactor::interchange(Size j, Size from, Size to, Size begin, Panel& panel) {
    interchange_[from] = to;
    if (from != j) interchange_[j] = j;
    if (from == to) return;
    at(to, to) = at(from, from);
    for (Size i = from + 1; i < to; ++i) at(to, i) = at(i, from);
    for (Size i = to + 1; i < n_; ++i) at(i, to) = at(i, from);
    for (Size c = 0; c < j; ++c) std::swap(at(from, c), at(to, c));
    for (Size c = 0; c <= from - begin; ++c) std::swap(panel.column(c)[from], panel.column(c)[to]);
}

void SymmetricFactor::store_single(Size j, const double* w) {
    order_[j] = 1;
    const double pivot = w[j];
    ++(pivot > 0.0 ? inertia_.positive : pivot < 0.0 ? inertia_.negative : inertia_.zero);
    at(j, j) = pivot;
    for (Size i = j + 1; i < n_; ++i) at(i, j) = pivot != 0.0 ? w[i] / pivot : 0.0;
}

// The off-diagonal entry of a pivot of order 2 dominates: its determinant is negative, one eigenvalue of each
// sign.
void SymmetricFactor::store_double(Size j, const double* w, const double* next) {
    order_[j] = 2;
    order_[j + 1] = 0;
    ++inertia_.negative;
    ++inertia_.positive;
    const double off = w[j + 1];
    const double d11 = next[j + 1] / off;
    const double d22 = w[j] / off;
    const double scale = 1.0 / (d11 * d22 - 1.0) / off;
    at(j, j) = w[j];
    at(j + 1, j) = off;
    at(j + 1, j + 1) = next[j + 1];
    for (Size i = j + 2; i < n_; ++i) {
        at(i, j) = scale * (d11 * w[i] - next[i]);
        at(i, j + 1) = scale * (d22 * next[i] - w[i]);
    }
}

// Columns [begin, end) of the solves: pivots are never cut in two.
Size SymmetricFactor::block_end(Size begin) const {
    const Size end = std::min(begin + kSolveBlock, n_);
    return end < n_ && order_[end] == 0 ? end + 1 : end;
}

// x = L^-1 x, block by block: what is left of a block's columns is one product.
void SymmetricFactor::solve_lower(double* x) const {
    for (Size begin = 0; begin < n_;) {
        const Size end = block_end(begin);
        for (Size j = begin; j < end; ++j) {
            const double* l = factor_.data() + j * n_;
            for (Size i = j + (order_[j] == 2 ? 2 : 1); i < end; ++i) x[i] -= l[i] * x[j];
        }
        if (end < n_)
            gemv(n_ - end, end - begin, -1.0, {&factor_[begin * n_ + end], 1, n_}, x + begin, 1, 1.0,
                 x + end);
        begin = end;
    }
}

void SymmetricFactor::solve_diagonal(double* x) const {
    const double tiny = std::max(kEps * norm_, std::numeric_limits<double>::min());
    for (Size j = 0; j < n_; ++j) {
        if (order_[j] == 1) {
            x[j] /= std::abs(at(j, j)) > tiny ? at(j, j) : std::copysign(tiny, at(j, j));
            continue;
        }
        const double off = at(j + 1, j);
        const double d11 = at(j + 1, j + 1) / off;
        const double d22 = at(j, j) / off;
        const double scale = 1.0 / (d11 * d22 - 1.0) / off;
        const double first = x[j];
        const double second = x[j + 1];
        x[j] = scale * (d11 * first - second);
        x[j + 1] = scale * (d22 * second - first);
        ++j;
    }
}

// x = L^-T x.
void SymmetricFactor::solve_upper(double* x) const {
    std::vector<Size> begins;
    for (Size begin = 0; begin < n_; begin = block_end(begin)) begins.push_back(begin);
    Size end = n_;
    for (; !begins.empty(); begins.pop_back()) {
        const Size begin = begins.back();
        if (end < n_)
            gemv(end - begin, n_ - end, -1.0, {&factor_[begin * n_ + end], n_, 1}, x + end, 1, 1.0,
                 x + begin);
        for (Size j = end - 1; j >= begin; --j) {
            const double* l = factor_.data() + j * n_;
            double sum = 0.0;
            for (Size i = j + (order_[j] == 2 ? 2 : 1); i < end; ++i) sum += l[i] * x[i];
            x[j] -= sum;
        }
        end = begin;
    }
}

void SymmetricFactor::solve(std::span<double> x) const {
    std::reverse(x.begin(), x.end());
    for (Size j = 0; j < n_; ++j) std::swap(x[j], x[interchange_[j]]);
    solve_lower(x.data());
    solve_diagonal(x.data());
    solve_upper(x.data());
    for (Size j = n_ - 1; j >= 0; --j) std::swap(x[j], x[interchange_[j]]);
    std::reverse(x.begin(), x.end());
}

ShiftedInertia shifted_inertia(const Matrix& a, double shift) {
    return SymmetricFactor(a, shift).inertia();
}

}  // namespace tepui::linalg
