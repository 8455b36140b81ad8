#include "certify/ball_product.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "certify/mpfr_state.hpp"
#include "linalg/blas.hpp"

namespace tepui::balls {
namespace {

constexpr int kSliceBits = 21, kSlices = 6;
// Slices i and j make level i + j; a sum of at most kSlices kDepth products below 2^42 is below 2^53: exact.
constexpr int kLevels = 7;
constexpr Size kDepth = 256;
constexpr Size kPanel = 64;  // rows of the product that one task adds to
constexpr mpfr_exp_t kNone = std::numeric_limits<mpfr_exp_t>::min() / 8;  // exponent of 0

using Exponents = std::vector<mpfr_exp_t>;
using Doubles = std::vector<double>;

mpfr_exp_t exponent_of(const Ball& ball) {
    return mpfr_zero_p(ball.middle()) ? kNone : ball.exponent();
}

// The largest exponent of each column of b in `depth` columns from `first`: moved into a.
Exponents column_exponents(const BallMatrix& b, Size first, Size depth) {
    Exponents result(static_cast<std::size_t>(depth), kNone);
    for (Size j = 0; j < b.rows(); ++j)
        for (Size k = 0; k < depth; ++k) result[k] = std::max(result[k], exponent_of(b(j, first + k)));
    for (mpfr_exp_t& exponent : result)
        if (exponent == kNone) exponent = 0;
    return result;
}

// Columns first .. first + depth - 1 of a matrix as slices: |a_ik| 2^(shift_k - exponent_i) is, but for less
// than 2^-126, sum_s slice_s 2^(-21 (s + 1)); and as bounds of magnitude and radius in doubles.
struct Slices {
    Slices(const BallMatrix& a, Size first_, Size depth_, const Exponents& shift, bool reversed_, int threads)
        : rows(a.rows()),
          first(first_),
          depth(depth_),
          reversed(reversed_),
          exponent(static_cast<std::size_t>(rows), kNone),
          whole(static_cast<std::size_t>(rows * kSlices * depth)),
          bounds(static_cast<std::size_t>(2 * rows * depth)) {
        std::vector<char> inexact(rows);
        for_each_task(threads, rows, [&](Size i) { inexact[i] = cut_row(a, i, shift); });
        exact = std::none_of(inexact.begin(), inexact.end(), [](char some) { return some != 0; });
    }
    // Row 0 of the slices from `slice` on, in the order in which they are stored.
    const double* from(int slice) const {
        return whole.data() + (reversed ? kSlices - 1 - slice : slice) * depth;
    }

    Size rows, first, depth;
    bool reversed, exact = true;
    Exponents exponent;
    Doubles whole;   // [row][slice][k]; reversed: the last slice first
    Doubles bounds;  // [row][|a| .., radius ..]; reversed: [row][radius .., |a| + radius ..]

  private:
    char cut_row(const BallMatrix& a, Size i, const Exponents& shift) {
        mpfr_exp_t largest = kNone;
        for (Size k = 0; k < depth; ++k) {
            const mpfr_exp_t e = exponent_of(a(i, first + k));
            if (e != kNone) largest = std::max(largest, e + shift[k]);
        }
        exponent[i] = largest;
        double* row = whole.data() + i * kSlices * depth;
        double* bound = bounds.data() + 2 * i * depth;
        bool some = false;
        for (Size k = 0; k < depth; ++k) {
            const Ball& value = a(i, first + k);
            const double radius = value.radius();
            some = some || radius > 0.0;
            bound[k] = reversed ? radius : magnitude_bound(value.centre());
            bound[depth + k] = reversed ? magnitude_bound(value) : radius;
            if (!mpfr_zero_p(value.middle())) cut(value, exponent[i] - value.exponent() - shift[k], row + k);
        }
        return some;
    }

    void cut(const Ball& value, mpfr_exp_t right, double* row) const {
        if (right >= 127) return;
        const auto& words = value.words();
        const unsigned __int128 bits =
            ((static_cast<unsigned __int128>(words[1]) << 64) | words[0]) >> static_cast<int>(right);
        constexpr unsigned kMask = (1U << kSliceBits) - 1;
        for (int s = 0; s < kSlices; ++s) {
            const auto slice = static_cast<unsigned>(bits >> (128 - kSliceBits * (s + 1))) & kMask;
            row[(reversed ? kSlices - 1 - s : s) * depth] =
                mpfr_signbit(value.middle()) ? -static_cast<double>(slice) : static_cast<double>(slice);
        }
    }
};

// sum_level sums[level] 2^(-21 (level + 2)), two roundings at most.
Ball combined(const double* sums, Size stride, mpfr_exp_t exponent) {
    const auto part = [&](int first, int last) {
        __int128 sum = 0;
        for (int level = first; level <= last; ++level)
            sum = sum * (__int128{1} << kSliceBits) + static_cast<std::int64_t>(sums[level * stride]);
        const bool negative = sum < 0;
        return Ball(negative, static_cast<unsigned __int128>(negative ? -sum : sum),
                    exponent - kSliceBits * (last + 2));
    };
    return part(0, 2) + part(3, kLevels - 1);
}

// Rows of c from `row` on, columns 0 .. cols - 1.
void add_panel(const Slices& a, const Slices& b, Size row, Size rows, Size cols, Part part, BallMatrix& c) {
    const Size size = rows * cols;
    Doubles sums(static_cast<std::size_t>(kLevels * size)), spread(static_cast<std::size_t>(size));
    const Size leading = kSlices * a.depth;
    const bool exact = a.exact && b.exact;
    for (int level = 0; level < kLevels; ++level) {
        const int low = std::max(0, level - kSlices + 1), high = std::min(level, kSlices - 1);
        linalg::gemm(false, true, rows, cols, (high - low + 1) * a.depth, 1.0, a.from(low) + row * leading,
                     leading, b.from(level - low), leading, 0.0, sums.data() + level * size, cols, 1);
    }
    if (!exact)
        linalg::gemm(false, true, rows, cols, 2 * a.depth, 1.0, a.bounds.data() + 2 * row * a.depth,
                     2 * a.depth, b.bounds.data(), 2 * a.depth, 0.0, spread.data(), cols, 1);
    for (Size i = 0; i < rows; ++i) {
        for (Size j = 0; j < (part == Part::lower ? std::min(cols, row + i + 1) : cols); ++j) {
            const mpfr_exp_t exponent = a.exponent[row + i] + b.exponent[j];
            Ball& target = c(row + i, j);
            target += combined(sums.data() + i * cols + j, size, exponent);
            // Cut off: less than 2^-126 of either factor, and pairs of slices beyond the last level, less
            // than 2^-140 in all.
            target.widen(rounded_up(static_cast<double>(a.depth) * power_of_two(exponent - 124)));
            // Fewer than 2^10 roundings of sums of non-negative numbers, and as many flushed ones.
            if (!exact) target.widen(spread[i * cols + j] * (1.0 + 0x1p-40) + 0x1p-1008);
        }
    }
}

}  // namespace

void add_product(const BallMatrix& a, const BallMatrix& b, BallMatrix& c, Part part, int threads) {
    for (Size first = 0; first < a.cols(); first += kDepth) {
        const Size depth = std::min(kDepth, a.cols() - first);
        const Exponents shift = column_exponents(b, first, depth);
        Exponents back(shift);
        for (mpfr_exp_t& exponent : back) exponent = -exponent;
        const Slices left(a, first, depth, shift, false, threads),
            right(b, first, depth, back, true, threads);
        const Size panels = (a.rows() + kPanel - 1) / kPanel;
        for_each_task(threads, panels, [&](Size panel) {
            const Size row = (panels - 1 - panel) * kPanel;  // the longest first
            const Size rows = std::min(kPanel, a.rows() - row);
            add_panel(left, right, row, rows, part == Part::lower ? row + rows : b.rows(), part, c);
        });
    }
}

}  // namespace tepui::balls
