#include "kernels/sample_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "kernels/direction_rows.hpp"
#include "kernels/on_every_isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;
using namespace tepui::kernels::testing;

namespace {

constexpr double kGuard = 12345.678;
const double kTrap = std::numeric_limits<double>::quiet_NaN();

// rows x columns of random numbers, `fill` between and behind the rows, misaligned.
struct Rows {
    Size rows, columns, stride, shift;
    std::vector<double> data;

    Rows(Size r, Size c, std::uint64_t seed, double fill)
        : rows(r),
          columns(c),
          stride(c + static_cast<Size>(seed % 4)),
          shift(1 + static_cast<Size>(seed % 7)),
          data(static_cast<std::size_t>(shift + r * stride + 16), fill) {
        Random random(seed, 1);
        for (Size i = 0; i < r; ++i) {
            for (Size k = 0; k < c; ++k) begin()[i * stride + k] = random.normal();
        }
    }
    double* begin() { return data.data() + shift; }
    const double* begin() const { return data.data() + shift; }
};

// Equal within a few roundings, guards included.
void check_equal(const Rows& got, const Rows& expected, double rounding) {
    double worst = 0.0;
    for (std::size_t at = 0; at < got.data.size(); ++at) {
        const double error = std::abs(got.data[at] - expected.data[at]);
        worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    }
    CHECK(worst <= rounding * 0x1p-52);
}

struct Case {
    Size m, count;
    std::uint64_t seed;
    Rows rows, common, scale;

    Case(Size m_, Size count_)
        : m(m_),
          count(count_),
          seed(static_cast<std::uint64_t>(m_ * 131 + count_ * 7 + 3)),
          rows(m, count, seed, kTrap),
          common(1, count, seed + 1, kTrap),
          scale(1, m, seed + 2, kTrap) {}

    // run(out, reference?) on a fresh copy each
    template <class Run>
    void compare(Size out_rows, Size out_columns, double rounding, const Run& run) const {
        const Rows before(out_rows, out_columns, seed + 3, kGuard);
        Rows got = before, expected = before;
        run(got, false);
        run(expected, true);
        check_equal(got, expected, rounding);
    }
};

void check_scaling(const Case& c) {
    for (const double* scale : {c.scale.begin(), static_cast<const double*>(nullptr)}) {
        c.compare(c.m, c.count, 0.0, [&](Rows& out, bool plain) {
            (plain ? ref::scale_rows : scale_rows)(scale, c.common.begin(), c.m, c.rows.begin(),
                                                   c.rows.stride, c.count, out.begin(), out.stride);
        });
        c.compare(c.m, c.count, 0.0, [&](Rows& out, bool plain) {
            (plain ? ref::scale_rows_absolute : scale_rows_absolute)(scale, c.common.begin(), c.m,
                                                                     c.rows.begin(), c.rows.stride, c.count,
                                                                     out.begin(), out.stride);
        });
    }
    c.compare(c.m, c.count, 0.0, [&](Rows& out, bool plain) {
        (plain ? ref::absolute_rows : absolute_rows)(c.m, c.rows.begin(), c.rows.stride, c.count, out.begin(),
                                                     out.stride);
    });
    c.compare(c.m, c.count, 0.0, [&](Rows& out, bool plain) {
        (plain ? ref::square_rows : square_rows)(c.m, c.rows.begin(), c.rows.stride, c.count, out.begin(),
                                                 out.stride);
    });
}

// In single precision, which overflows to infinity; guards are kept.
void check_single(const Case& c) {
    constexpr float kKept = 77.0F;
    std::vector<float> got(static_cast<std::size_t>(c.m * c.rows.stride + 16), kKept), expected(got);
    Rows rows = c.rows;
    if (c.count > 2) rows.begin()[c.count / 2] = -1e300;
    const double largest = single_rows(c.m, rows.begin(), rows.stride, c.count, got.data() + 1, rows.stride);
    CHECK(largest ==
          ref::single_rows(c.m, rows.begin(), rows.stride, c.count, expected.data() + 1, rows.stride));
    CHECK(got == expected);
    if (c.count > 2) CHECK(largest == 1e300);
}

void check_sums(const Case& c) {
    const double rounding = 0.5 * static_cast<double>((c.count + 8) * (c.count + 8));
    c.compare(1, c.m, rounding, [&](Rows& out, bool plain) {
        (plain ? ref::row_dots : row_dots)(c.common.begin(), c.m, c.rows.begin(), c.rows.stride, c.count,
                                           out.begin());
    });
    c.compare(1, c.m, rounding, [&](Rows& out, bool plain) {
        (plain ? ref::row_dots_absolute : row_dots_absolute)(c.common.begin(), c.m, c.rows.begin(),
                                                             c.rows.stride, c.count, out.begin());
    });
    c.compare(2, c.count, 0.0, [&](Rows& out, bool plain) {
        (plain ? ref::network_outputs : network_outputs)(c.scale.begin(), c.m, c.rows.begin(), c.rows.stride,
                                                         c.common.begin(), c.count, out.begin(),
                                                         out.begin() + out.stride);
    });
    c.compare(c.count, c.m, 0.0, [&](Rows& out, bool plain) {
        if (plain) {
            ref::transpose_samples(c.rows.begin(), c.rows.stride, c.m, c.count, out.begin(), out.stride);
        } else {
            transpose_samples(c.rows.begin(), c.rows.stride, c.m, c.count, out.begin(), out.stride);
        }
    });
}

// t, the rows in the place of p, and the values.
void check_directions(const Case& c) {
    const Rows first(c.m, c.count, c.seed + 11, kTrap), second(c.m, c.count, c.seed + 12, kTrap);
    const Rows weights(1, c.count, c.seed + 13, kTrap), b(1, c.m, c.seed + 14, kTrap);
    Rows value(c.m, c.count, c.seed + 15, kTrap);
    // One stride for all three.
    std::vector<double> layer[3];
    for (int l = 0; l < 3; ++l) {
        const Rows& from = l == 0 ? value : l == 1 ? first : second;
        for (Size i = 0; i < c.m; ++i) {
            for (Size k = 0; k < c.count; ++k) layer[l].push_back(from.begin()[i * from.stride + k]);
        }
        layer[l].push_back(kTrap);
    }
    const LayerDerivatives derivatives{layer[0].data(), layer[1].data(), layer[2].data(), c.count, c.m,
                                       c.count};
    c.compare(2 * c.m + 1, c.count, 64.0 * static_cast<double>((c.m + 8) * (c.m + 8)),
              [&](Rows& out, bool plain) {
                  for (Size i = 0; i < c.m; ++i) {
                      for (Size k = 0; k < c.count; ++k)
                          out.begin()[i * out.stride + k] = c.rows.begin()[i * c.rows.stride + k];
                  }
                  double* t = out.begin() + 2 * c.m * out.stride;
                  (plain ? ref::hessian_vector_rows : hessian_vector_rows)(
                      c.scale.begin(), b.begin(), derivatives, weights.begin(), c.common.begin(),
                      {t, out.begin(), out.begin() + c.m * out.stride, out.stride});
              });
    c.compare(1, c.m, 0.5 * static_cast<double>((c.count + 8) * (c.count + 8)), [&](Rows& out, bool plain) {
        (plain ? ref::row_sums : row_sums)(c.m, c.rows.begin(), c.rows.stride, c.count, out.begin());
    });
}

void check_single_transposition(const Case& c) {
    // Misaligned, and nothing behind the last value.
    std::vector<float> single(static_cast<std::size_t>(1 + c.m * c.rows.stride), 0.0F);
    for (Size i = 0; i < c.m; ++i) {
        for (Size k = 0; k < c.count; ++k)
            single[static_cast<std::size_t>(1 + i * c.rows.stride + k)] =
                static_cast<float>(c.rows.begin()[i * c.rows.stride + k]);
    }
    single.resize(static_cast<std::size_t>(1 + (c.m - 1) * c.rows.stride + c.count));
    c.compare(c.count, c.m, 0.0, [&](Rows& out, bool plain) {
        if (plain) {
            ref::transpose_samples(single.data() + 1, c.rows.stride, c.m, c.count, out.begin(), out.stride);
        } else {
            transpose_samples(single.data() + 1, c.rows.stride, c.m, c.count, out.begin(), out.stride);
        }
    });
}

}  // namespace

TEST_CASE("work on sample rows equals its definition for every remainder", "[rows]") {
    on_every_isa([] {
        for (Size count = 0; count <= 40; ++count) {
            for (const Size m : {1, 2, 7, 8, 9, 17}) {
                INFO("m " << m << ", count " << count);
                const Case c(m, count);
                check_scaling(c);
                check_sums(c);
                check_single(c);
                check_directions(c);
                check_single_transposition(c);
            }
        }
        check_sums(Case(3, 1000));
    });
}
