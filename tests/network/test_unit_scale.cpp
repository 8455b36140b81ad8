// Powers of two that bring a problem to unit scale change no bit of it.
#include "network/data/unit_scale.hpp"

#include <cmath>

#include "network/derivatives/objective.hpp"
#include "solve/problems.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Network random_network(Size inputs, std::uint64_t seed) {
    Network network{Activation(ActivationKind::tanh), 2, inputs};
    Random random(seed, 3);
    for (double& p : network.parameters) p = random.normal();
    return network;
}

}  // namespace

TEST_CASE("ordinary data are at unit scale") {
    Problem problem = normal_inputs(20, 3, 1);
    for (Size k = 0; k < 20; ++k) {
        problem.x[static_cast<std::size_t>(3 * k)] *= 1e-6;
        problem.x[static_cast<std::size_t>(3 * k + 1)] *= 1e6;
    }
    CHECK(unit_scale(problem.dataset(true)).identity());
}

TEST_CASE("losses and gradients at unit scale are those of the data, bit by bit") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Problem problem = normal_inputs(30, 2, seed);
        Random random(seed, 4);
        for (double& y : problem.targets) y = random.normal();
        const int column = static_cast<int>(40 + random.bits() % 200),
                  targets = -static_cast<int>(40 + random.bits() % 200);
        for (Size k = 0; k < 30; ++k)
            problem.x[static_cast<std::size_t>(2 * k)] =
                std::ldexp(problem.x[static_cast<std::size_t>(2 * k)], column);
        for (double& y : problem.targets) y = std::ldexp(y, targets);
        const Dataset data = problem.dataset(true);
        const UnitScale scale = unit_scale(data);
        REQUIRE_FALSE(scale.identity());
        REQUIRE(scale.inputs.size() == 3);
        CHECK(scale.inputs[1] == 0);
        CHECK(scale.inputs[2] == 0);  // the bias
        const Dataset unit = at_unit_scale(data, scale);
        StreamedSource source{30, 2, false, {}};
        source.read = [&](Size first, Size count, double* x, double* y, double*) {
            std::copy_n(problem.x.data() + 2 * first, 2 * count, x);
            if (y != nullptr) std::copy_n(problem.targets.data() + first, count, y);
        };
        const Dataset streamed(std::move(source), true, LossScaling::sum);
        const Dataset streamed_unit = at_unit_scale(streamed, scale);
        Network network = random_network(3, seed), given = network;
        scale.to_given(given);
        const Gradient there = gradient(unit, network, Execution{}),
                       here = gradient(data, given, Execution{});
        CHECK(here.loss.loss == scale.given_loss(there.loss.loss));
        CHECK(gradient(streamed_unit, network, Execution{}).loss.loss == there.loss.loss);
        for (Size i = 0; i < 2; ++i) {
            CHECK(here.value[static_cast<std::size_t>(3 * i)] ==
                  std::ldexp(there.value[static_cast<std::size_t>(3 * i)],
                             2 * scale.targets + scale.inputs[0]));
            CHECK(here.value[static_cast<std::size_t>(6 + i)] ==
                  std::ldexp(there.value[static_cast<std::size_t>(6 + i)], scale.targets));
        }
        scale.to_unit(given);
        CHECK(given.parameters == network.parameters);
    }
}

TEST_CASE("a mean loss goes back by the targets' factor alone, a sum by the weights' too") {
    Problem problem = normal_inputs(30, 2, 5);
    Random random(5, 6);
    std::vector<double> weights;
    for (double& y : problem.targets) {
        y = std::ldexp(random.normal(), 50);
        weights.push_back(std::ldexp(0.5 + random.uniform(), -90));
    }
    for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
        const Dataset data({30, 2, problem.x.data(), 2, problem.targets.data(), weights.data()}, false, true,
                           scaling);
        const UnitScale scale = unit_scale(data);
        CHECK(scale.weights < -32);
        const Dataset unit = at_unit_scale(data, scale);
        const Network network = random_network(3, 9);
        Network given = network;
        scale.to_given(given);
        const double here = loss(data, given, Execution{}).loss,
                     there = scale.given_loss(loss(unit, network, Execution{}).loss);
        CHECK(here == Approx(there).epsilon(1e-14));
    }
}
