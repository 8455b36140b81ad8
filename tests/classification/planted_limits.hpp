// Samples at which a limit network is stationary (MATH.md section 13).
#pragma once

#include <vector>

#include "classification/infinity/boundary_sums.hpp"
#include "core/random.hpp"
#include "linalg/symmetric.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

namespace tepui::test {

struct Samples {
    Size n, d, outputs;
    std::vector<double> x, y;  // x without the bias
    Samples(Size n_, Size d_, Size outputs_, std::uint64_t seed)
        : n(n_), d(d_), outputs(outputs_), x(std::size_t(n_ * d_)), y(std::size_t(n_ * outputs_)) {
        Random random(seed, 0);
        for (double& value : x) value = random.normal();
        for (double& value : y) value = random.normal();
    }
    Dataset data() const { return dataset_of(d, x, outputs, y); }
};

inline std::vector<double> outputs_of(const Dataset& data, const BoundaryNetwork& limit) {
    const Buffer<double> f = boundary_outputs(data, limit).f;
    return {f.span().begin(), f.span().end()};
}

// Targets f - size r with r orthogonal to all derivatives of f: the limit is stationary.
inline void plant(Samples& samples, const BoundaryNetwork& limit, double size, std::uint64_t seed) {
    const Dataset blank = samples.data();
    const Size n = Size(samples.y.size()), count = limit.parameter_count();
    Matrix jacobian(count, n);
    for (Size j = 0; j < count; ++j) {
        constexpr double kStep = 1e-5;
        BoundaryNetwork up = limit, down = limit;
        up.parameters[j] += kStep;
        down.parameters[j] -= kStep;
        const std::vector<double> high = outputs_of(blank, up), low = outputs_of(blank, down);
        for (Size k = 0; k < n; ++k) jacobian(j, k) = (high[k] - low[k]) / (2.0 * kStep);
    }
    Random random(seed, 2);
    std::vector<double> r(std::size_t(n), 0.0);
    for (double& value : r) value = random.normal();
    Matrix gram(count, count);
    std::vector<double> right(std::size_t(count), 0.0), solution(std::size_t(count), 0.0);
    for (Size i = 0; i < count; ++i)
        for (Size k = 0; k < n; ++k) {
            right[i] += jacobian(i, k) * r[k];
            for (Size j = 0; j < count; ++j) gram(i, j) += jacobian(i, k) * jacobian(j, k);
        }
    for (Size i = 0; i < count; ++i) gram(i, i) *= 1.0 + 1e-13;
    REQUIRE(linalg::solve_positive_definite(gram, 1e-12, right, solution));
    const std::vector<double> f = outputs_of(blank, limit);
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j < count; ++j) r[k] -= jacobian(j, k) * solution[j];
        samples.y[k] = f[k] - size * r[k];
    }
}

}  // namespace tepui::test
