#include "kernels/hidden_layer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "kernels/blocking.hpp"
#include "kernels/on_every_isa.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;
using namespace tepui::kernels::testing;

namespace {

constexpr double kGuard = 12345.678;

// rows x columns, NaN between and behind the rows, at any misalignment.
struct Trapped {
    Size rows, columns, stride, shift;
    std::vector<double> data;

    Trapped(Size r, Size c, std::uint64_t seed, double trap = std::numeric_limits<double>::quiet_NaN())
        : rows(r),
          columns(c),
          stride(c + static_cast<Size>(seed % 4)),
          shift(1 + static_cast<Size>(seed % 7)),
          data(static_cast<std::size_t>(shift + r * stride + 16), trap) {
        Random random(seed, 1);
        for (Size i = 0; i < r; ++i) {
            for (Size j = 0; j < c; ++j) at(i, j) = random.normal();
        }
    }
    double& at(Size i, Size j) { return data[static_cast<std::size_t>(shift + i * stride + j)]; }
    double at(Size i, Size j) const { return data[static_cast<std::size_t>(shift + i * stride + j)]; }
    double* begin() { return data.data() + shift; }
    const double* begin() const { return data.data() + shift; }
};

bool guards_hold(const Trapped& before, const Trapped& after) {
    for (std::size_t s = 0; s < before.data.size(); ++s) {
        if (before.data[s] == kGuard && after.data[s] != kGuard) return false;
    }
    return true;
}

double worst_error(const Trapped& got, const Trapped& expected, Size terms, double scale) {
    double worst = 0;
    for (Size i = 0; i < got.rows; ++i) {
        for (Size j = 0; j < got.columns; ++j) {
            const double error = std::abs(got.at(i, j) - expected.at(i, j));
            if (std::isnan(error)) return INFINITY;
            worst = std::max(worst, error / (0x1p-52 * scale * (4 + static_cast<double>(terms))));
        }
    }
    return worst;
}

void check_preactivations(Size m, Size d, Size count, Size depth = 0) {
    INFO("m " << m << ", d " << d << ", count " << count << ", depth " << depth);
    const std::uint64_t seed = static_cast<std::uint64_t>(m * 31 + d * 7 + count);
    const Trapped w(m, d, seed), x(d, count, seed + 1), before(m, count, seed + 2, kGuard);
    Trapped z = before, expected = before;
    preactivations_blocked(w.begin(), w.stride, m, {x.begin(), x.stride, count, d}, z.begin(), z.stride,
                           {depth});
    ref::preactivations(w.begin(), w.stride, m, {x.begin(), x.stride, count, d}, expected.begin(),
                        expected.stride);
    CHECK(worst_error(z, expected, d, 3) <= 1);
    CHECK(guards_hold(before, z));
}

void check_sums(Size q, Size d, Size count, Size depth = 0) {
    INFO("Q " << q << ", d " << d << ", count " << count << ", depth " << depth);
    const std::uint64_t seed = static_cast<std::uint64_t>(q * 31 + d * 7 + count);
    const Trapped rows(q, count, seed), x(d, count, seed + 1), before(q, d, seed + 2, kGuard);
    const Trapped factors(1, count, seed + 3);
    for (const double* common : {static_cast<const double*>(nullptr), factors.begin()}) {
        Trapped out = before, expected = before;
        weighted_sums_blocked(common, {rows.begin(), rows.stride, q}, {x.begin(), x.stride, count, d},
                              out.begin(), out.stride, {depth});
        ref::weighted_sums(common, {rows.begin(), rows.stride, q}, {x.begin(), x.stride, count, d},
                           expected.begin(), expected.stride);
        CHECK(worst_error(out, expected, count, 3) <= 1);
        CHECK(guards_hold(before, out));
    }
}

}  // namespace

TEST_CASE("preactivations equal their definition for every remainder", "[layer]") {
    on_every_isa([] {
        for (Size m = 1; m <= 26; ++m) {
            for (Size d = 0; d <= 12; d += 1 + m % 3) check_preactivations(m, d, (m * 5 + d) % 53);
        }
        for (Size count = 0; count <= 60; ++count)
            check_preactivations(5, 9, count), check_preactivations(21, 9, count);
        for (const Size d : {127, 128, 129, 256, 300}) check_preactivations(19, d, 61);
        for (const Size depth : {1, 2, 5}) check_preactivations(19, 13, 61, depth);
    });
}

TEST_CASE("weighted sums equal their definition for every remainder", "[layer]") {
    on_every_isa([] {
        for (Size q = 1; q <= 52; ++q) {
            for (Size d = 1; d <= 20; d += 1 + q % 3) check_sums(q, d, (q * 5 + d) % 53);
        }
        for (Size count = 0; count <= 60; ++count) check_sums(3, 9, count), check_sums(29, 9, count);
        for (const Size count : {127, 128, 129, 256, 1000})
            check_sums(19, 17, count), check_sums(2, 17, count);
        for (const Size depth : {1, 2, 5, 8}) check_sums(30, 13, 61, depth);
    });
}

TEST_CASE("preactivations and weighted sums are each other's transpose", "[layer]") {
    on_every_isa([] {
        // sum_ik r_ik (W X)_ik = sum_ij W_ij (R X^T)_ij
        const Trapped w(11, 37, 3), x(37, 149, 4), r(11, 149, 5);
        Trapped z(11, 149, 6), s(11, 37, 7);
        preactivations(w.begin(), w.stride, 11, {x.begin(), x.stride, 149, 37}, z.begin(), z.stride);
        std::fill(s.data.begin(), s.data.end(), 0.0);
        weighted_sums(nullptr, {r.begin(), r.stride, 11}, {x.begin(), x.stride, 149, 37}, s.begin(),
                      s.stride);
        double left = 0, right = 0, scale = 0;
        for (Size i = 0; i < 11; ++i) {
            for (Size k = 0; k < 149; ++k)
                left += r.at(i, k) * z.at(i, k), scale += std::abs(r.at(i, k) * z.at(i, k));
            for (Size j = 0; j < 37; ++j) right += w.at(i, j) * s.at(i, j);
        }
        CHECK(std::abs(left - right) <= 1e-13 * scale);
    });
}
