#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "solve/trust_region.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

double model(const std::vector<double>& lambda, const std::vector<double>& g, const std::vector<double>& p) {
    double value = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) value += p[i] * (g[i] + 0.5 * lambda[i] * p[i]);
    return value;
}

double norm(const std::vector<double>& p) {
    double square = 0.0;
    for (const double x : p) square += x * x;
    return std::sqrt(square);
}

// Necessary and sufficient for the global minimum: (lambda + mu) p = -g with mu >= 0, lambda + mu >= 0, mu
// (|p| - radius) = 0.
void check_optimal(const std::vector<double>& lambda, const std::vector<double>& g, double radius) {
    const TrustRegionStep step = solve_trust_region(lambda, g, radius);
    const double size = norm(step.step);
    REQUIRE(size <= radius * (1.0 + 1e-9));
    double mu = 0.0;
    if (step.boundary) {
        REQUIRE(size >= radius * (1.0 - 1e-9));
        for (std::size_t i = 0; i < g.size(); ++i)
            mu -= step.step[i] * (g[i] + lambda[i] * step.step[i]) / (size * size);
    }
    const double scale = norm(g) + std::abs(lambda.front()) * radius + std::abs(lambda.back()) * size;
    REQUIRE(mu >= -1e-9 * scale / radius);
    REQUIRE(lambda.front() + mu >= -1e-8 * scale / radius);
    for (std::size_t i = 0; i < g.size(); ++i) {
        REQUIRE(std::abs((lambda[i] + mu) * step.step[i] + g[i]) <= 1e-8 * scale);
    }
    REQUIRE(step.predicted == Approx(-model(lambda, g, step.step)).margin(1e-12 * scale * radius));
}

}  // namespace

TEST_CASE("trust-region steps satisfy the global optimality conditions") {
    Random random(7, 0);
    for (int trial = 0; trial < 300; ++trial) {
        const std::size_t n = 1 + random.bits() % 12;
        std::vector<double> lambda(n), g(n);
        for (std::size_t i = 0; i < n; ++i) {
            lambda[i] = random.normal() * std::pow(10.0, 6.0 * random.uniform() - 4.0);
            g[i] = random.normal() * std::pow(10.0, 8.0 * random.uniform() - 6.0);
        }
        std::sort(lambda.begin(), lambda.end());
        check_optimal(lambda, g, std::pow(10.0, 6.0 * random.uniform() - 3.0));
    }
}

TEST_CASE("the hard case is completed along the lowest eigenvector") {
    const std::vector<double> lambda{-2.0, 1.0, 3.0}, g{0.0, 0.5, -1.0};
    check_optimal(lambda, g, 10.0);
    REQUIRE(std::abs(solve_trust_region(lambda, g, 10.0).step[0]) > 9.0);
    check_optimal({-1.0, -1.0, 2.0}, {0.0, 0.0, 1.0}, 5.0);
    // Nearly hard: a gradient component of rounding size must not spoil the step.
    check_optimal({-2.0, 1.0, 3.0}, {1e-17, 0.5, -1.0}, 10.0);
    check_optimal({-1.0, 4.0}, {0.0, 0.0}, 0.25);
}

TEST_CASE("an interior step is Newton's and a null direction without gradient stays still") {
    const TrustRegionStep step = solve_trust_region(std::vector{0.0, 2.0}, std::vector{0.0, 1.0}, 10.0);
    REQUIRE_FALSE(step.boundary);
    REQUIRE(step.step[0] == 0.0);
    REQUIRE(step.step[1] == -0.5);
    REQUIRE(step.predicted == Approx(0.25));
}

TEST_CASE("the least-squares region takes Newton's step inside and shrinks the gradient on its boundary") {
    const std::vector<double> lambda{-2.0, 0.5, 4.0}, g{1.0, -1.0, 2.0};
    const TrustRegionStep free = solve_least_squares_region(lambda, g, 100.0);
    for (std::size_t i = 0; i < 3; ++i) REQUIRE(free.step[i] == Approx(-g[i] / lambda[i]));
    REQUIRE(free.predicted == Approx(3.0));
    const TrustRegionStep bound = solve_least_squares_region(lambda, g, 0.1);
    REQUIRE(norm(bound.step) == Approx(0.1));
    double after = 0.0;
    for (std::size_t i = 0; i < 3; ++i) after += 0.5 * std::pow(g[i] + lambda[i] * bound.step[i], 2);
    REQUIRE(bound.predicted == Approx(3.0 - after));
    REQUIRE(bound.predicted > 0.0);
}
