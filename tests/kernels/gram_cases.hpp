// Random weighted Gram problems with traps around them: NaN behind every row of samples and coefficients,
// guard values behind every result, any misalignment.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "kernels/weighted_gram.hpp"

namespace tepui::kernels::testing {

inline constexpr double kGuard = 12345.678;

inline std::vector<double> trapped(Size rows, Size count, Size stride, Size shift, Random& random) {
    std::vector<double> data(static_cast<std::size_t>(shift + rows * stride + 16),
                             std::numeric_limits<double>::quiet_NaN());
    for (Size r = 0; r < rows; ++r) {
        for (Size k = 0; k < count; ++k)
            data[static_cast<std::size_t>(shift + r * stride + k)] = random.normal();
    }
    return data;
}

struct GramCase {
    Size d, count, q_count, ldx, ldg, shift;
    std::vector<double> samples, left, right, start;
    std::vector<GramRow> rows;

    // Every third row has no right factor.
    GramCase(Size inputs, Size n, Size q, std::uint64_t seed, Size misalignment = 1)
        : d(inputs), count(n), q_count(q), ldx(n + seed % 3), ldg(q + seed % 2 * 3), shift(misalignment) {
        Random random(seed, 0);
        samples = trapped(d, count, ldx, shift, random);
        left = trapped(q, count, ldx, shift + 1, random);
        right = trapped(q, count, ldx, shift + 2, random);
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
    const double* xt() const { return samples.data() + shift; }
    double c(Size q, Size k) const { return rows[q].left[k] * (rows[q].right ? rows[q].right[k] : 1.0); }

    std::vector<double> reference() const {
        std::vector<double> g = start;
        ref::weighted_gram(xt(), ldx, count, d, rows.data(), q_count, 0, triangle(d), g.data() + shift, ldg);
        return g;
    }

    // The largest error of g over its bound count eps sum |c x_i x_j| (plus the sum's start), 1 at most when
    // right; infinite when a guard value changed.
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
                    const double bound = 0x1p-52 * (4 + std::sqrt(static_cast<double>(count))) * scale;
                    const double error = std::abs(g[index(p, q)] - expected[index(p, q)]) / bound;
                    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
                }
            }
        }
        return worst;
    }
};

}  // namespace tepui::kernels::testing
