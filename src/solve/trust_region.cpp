#include "solve/trust_region.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tepui {
namespace {

// |p(delta)| and sum p_i^2 / (gap_i + delta) for p_i = g_i / (gap_i + delta); 0 / 0 counts as 0.
struct SecularValue {
    double norm = 0.0;
    double slope = 0.0;
};
SecularValue secular(std::span<const double> gap, std::span<const double> g, double delta) {
    SecularValue value;
    double square = 0.0;
    for (std::size_t i = 0; i < g.size(); ++i) {
        if (g[i] == 0.0) continue;
        const double denominator = gap[i] + delta;
        const double p = g[i] / denominator;
        square += p * p;
        value.slope += p * p / denominator;
    }
    value.norm = std::sqrt(square);
    return value;
}

// The delta >= 0 with |p(delta)| = radius, knowing |p(0)| > radius: Newton on 1/|p|, kept inside a bracket.
double secular_root(std::span<const double> gap, std::span<const double> g, double radius) {
    double low = 0.0, square = 0.0;
    for (std::size_t i = 0; i < g.size(); ++i) {
        low = std::max(low, std::abs(g[i]) / radius - gap[i]);
        square += g[i] * g[i];
    }
    double high = std::max(low, std::sqrt(square) / radius);
    double delta = low > 0.0 ? low : 1e-3 * high;
    for (int iteration = 0; iteration < 100; ++iteration) {
        const SecularValue value = secular(gap, g, delta);
        if (std::abs(value.norm - radius) <= 1e-10 * radius) break;
        (value.norm > radius ? low : high) = delta;
        double next = delta + (value.norm / radius - 1.0) * value.norm * value.norm / value.slope;
        if (!(next > low && next < high)) next = low > 0.0 ? std::sqrt(low) * std::sqrt(high) : 1e-3 * high;
        if (next == delta) break;
        delta = next;
    }
    return delta;
}

double model_decrease(std::span<const double> lambda, std::span<const double> g, std::span<const double> p) {
    double change = 0.0;
    for (std::size_t i = 0; i < g.size(); ++i) change += p[i] * (g[i] + 0.5 * lambda[i] * p[i]);
    return std::max(0.0, -change);
}

}  // namespace

TrustRegionStep solve_trust_region(std::span<const double> lambda, std::span<const double> g, double radius) {
    TrustRegionStep result;
    result.step.assign(g.size(), 0.0);
    if (g.empty() || !(radius > 0.0)) return result;
    // Measured from the shift that makes the matrix semidefinite, every denominator is exact near the pole.
    const auto lowest =
        static_cast<std::size_t>(std::min_element(lambda.begin(), lambda.end()) - lambda.begin());
    const double floor = std::max(0.0, -lambda[lowest]);
    std::vector<double> gap(g.size());
    for (std::size_t i = 0; i < g.size(); ++i) gap[i] = lambda[i] + floor;
    const SecularValue at_floor = secular(gap, g, 0.0);
    const double delta = at_floor.norm <= radius ? 0.0 : secular_root(gap, g, radius);
    for (std::size_t i = 0; i < g.size(); ++i) result.step[i] = g[i] == 0.0 ? 0.0 : -g[i] / (gap[i] + delta);
    result.boundary = delta > 0.0;
    if (delta == 0.0 && floor > 0.0) {
        result.step[lowest] += std::sqrt(std::max(0.0, radius * radius - at_floor.norm * at_floor.norm));
        result.boundary = true;
    }
    result.predicted = model_decrease(lambda, g, result.step);
    return result;
}

TrustRegionStep solve_least_squares_region(std::span<const double> lambda, std::span<const double> g,
                                           double radius) {
    // The same problem with matrix Lambda^2 and linear term Lambda g.
    std::vector<double> square(g.size()), linear(g.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
        square[i] = lambda[i] * lambda[i];
        linear[i] = lambda[i] * g[i];
    }
    TrustRegionStep result;
    result.step.assign(g.size(), 0.0);
    if (g.empty() || !(radius > 0.0)) return result;
    const SecularValue free = secular(square, linear, 0.0);
    const double delta = free.norm <= radius ? 0.0 : secular_root(square, linear, radius);
    for (std::size_t i = 0; i < g.size(); ++i) {
        result.step[i] = linear[i] == 0.0 ? 0.0 : -linear[i] / (square[i] + delta);
    }
    result.boundary = delta > 0.0;
    result.predicted = model_decrease(square, linear, result.step);
    return result;
}

}  // namespace tepui
