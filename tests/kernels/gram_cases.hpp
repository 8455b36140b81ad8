// Random weighted Gram problems with traps around them: NaN behind every row of samples and coefficients,
// guard values behind every result, any misalignment.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/random.hpp"
#include "kernels/weighted_gram.hpp"

namespace tepui::kernels::testing {

inline constexpr double kGuard = 12345.678;

template <class T>
std::vector<T> trapped(Size rows, Size count, Size stride, Size shift, Random& random) {
    std::vector<T> data(static_cast<std::size_t>(shift + rows * stride + 16),
                        std::numeric_limits<T>::quiet_NaN());
    for (Size r = 0; r < rows; ++r) {
        for (Size k = 0; k < count; ++k)
            data[static_cast<std::size_t>(shift + r * stride + k)] = static_cast<T>(random.normal());
    }
    return data;
}

template <class T>
struct GramCaseOf {
    Size d, count, q_count, ldx, ldg, shift;
    std::vector<T> samples, left, right;
    std::vector<double> start;
    std::vector<GramRowOf<T>> rows;

    // Every third row has no right factor.
    GramCaseOf(Size inputs, Size n, Size q, std::uint64_t seed, Size misalignment = 1)
        : d(inputs), count(n), q_count(q), ldx(n + seed % 3), ldg(q + seed % 2 * 3), shift(misalignment) {
        Random random(seed, 0);
        samples = trapped<T>(d, count, ldx, shift, random);
        left = trapped<T>(q, count, ldx, shift + 1, random);
        right = trapped<T>(q, count, ldx, shift + 2, random);
        for (Size r = 0; r < q; ++r) {
            rows.push_back({left.data() + shift + 1 + r * ldx,
                            r % 3 == 2 ? nullptr : right.data() + shift + 2 + r * ldx});
        }
        start.assign(static_cast<std::size_t>(shift + triangle(d) * ldg + 16), kGuard);
        for (Size p = 0; p < triangle(d); ++p) {
            for (Size r = 0; r < q; ++r) start[index(p, r)] = random.normal();
        }
    }

    std::size_t index(Size p, Size q) const { return static_cast<std::size_t>(shift + p * ldg + q); }
    const T* xt() const { return samples.data() + shift; }
    double c(Size q, Size k) const {
        return static_cast<double>(rows[q].left[k]) * (rows[q].right ? rows[q].right[k] : 1);
    }

    std::vector<double> reference() const {
        std::vector<double> g = start;
        ref::weighted_gram({xt(), ldx, count, d}, rows.data(), q_count, {0, triangle(d)}, g.data() + shift,
                           ldg);
        return g;
    }

    // The same summed in double.
    std::vector<double> exact() const {
        std::vector<double> g = start;
        for (Size i = 0, p = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j, ++p) {
                for (Size q = 0; q < q_count; ++q) {
                    for (Size k = 0; k < count; ++k)
                        g[index(p, q)] +=
                            c(q, k) * (static_cast<double>(xt()[i * ldx + k]) * xt()[j * ldx + k]);
                }
            }
        }
        return g;
    }

    // The largest error of g over its bound count eps sum |c x_i x_j| (plus the sum's start), 1 at most when
    // right; infinite when a guard value changed.
    static constexpr double kUnit = std::is_same_v<T, float> ? 0x1p-23 : 0x1p-52;
    double relative_error(const std::vector<double>& g, const std::vector<double>& expected) const {
        double worst = 0;
        for (std::size_t s = 0; s < g.size(); ++s) {
            if (start[s] == kGuard && g[s] != kGuard) return INFINITY;
        }
        for (Size i = 0, p = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j, ++p) {
                for (Size q = 0; q < q_count; ++q) {
                    double scale = std::abs(start[index(p, q)]);
                    for (Size k = 0; k < count; ++k)
                        scale += std::abs(c(q, k) * xt()[i * ldx + k] * xt()[j * ldx + k]);
                    const double bound = kUnit * (4 + std::sqrt(static_cast<double>(count))) * scale;
                    const double error = std::abs(g[index(p, q)] - expected[index(p, q)]) / bound;
                    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
                }
            }
        }
        return worst;
    }
};
using GramCase = GramCaseOf<double>;

}  // namespace tepui::kernels::testing
