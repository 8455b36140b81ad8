// Growth towards infinity against contraction to a point, on sequences with known laws.
#include <cmath>
#include <functional>

#include "solve/growth.hpp"
#include "solve/problems.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// One neuron whose output weight follows size(k).
std::string verdict(const std::function<double(int)>& size, int steps) {
    Problem problem = normal_inputs(30, 1, 1);
    problem.targets.assign(30, 1.0);
    const Dataset data = problem.dataset(false);
    const InputMetric metric = measure_inputs(data);
    Network point{Activation(ActivationKind::tanh), 1, 1};
    point.parameters = {1.0, size(0)};
    GrowthRecord record(metric, point);
    for (int k = 1; k <= steps; ++k) {
        point.parameters[1] = size(k);
        record.accept(point);
    }
    return record.growing(6);
}

}  // namespace

TEST_CASE("Newton's strides on tails are growth") {
    REQUIRE_FALSE(verdict([](int k) { return std::pow(1.5, k); }, 10).empty());     // t^-1
    REQUIRE_FALSE(verdict([](int k) { return 30.0 + k; }, 10).empty());             // e^-t
    REQUIRE_FALSE(verdict([](int k) { return 1000.0 + 0.7 * k; }, 10).empty());     // late on e^-t
    REQUIRE_FALSE(verdict([](int k) { return std::sqrt(20.0 + k); }, 12).empty());  // e^-t^2
    REQUIRE(verdict([](int k) { return 30.0 + k; }, 10).find("output weights of neuron 0") !=
            std::string::npos);
}

TEST_CASE("contraction to a point is not growth") {
    for (const double order : {2.0, 3.0, 5.0}) {  // (q - 1) / q at a root of order q
        const double factor = (order - 1.0) / order;
        REQUIRE(verdict([factor](int k) { return 10.0 - std::pow(factor, k); }, 10).empty());
    }
    REQUIRE(verdict([](int k) { return 2.0 - std::pow(0.5, std::pow(2.0, k)); }, 8).empty());
    REQUIRE(verdict([](int k) { return 5.0 + 1e-9 * k; }, 10).empty());  // rounding
    REQUIRE(verdict([](int k) { return 5.0 + 0.1 * (k % 2); }, 10).empty());
    REQUIRE(verdict([](int k) { return 30.0 - k; }, 10).empty());
    REQUIRE(verdict([](int k) { return 30.0 + k; }, 4).empty());  // too early to tell
}
