#include <cmath>
#include <numbers>

#include "core/random.hpp"
#include "solve/solve.hpp"
#include "solve/symmetry.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

Network drawn(ActivationKind kind, Size width, Size inputs, std::uint64_t seed) {
    Network network{Activation(kind), width, inputs};
    Random random(seed, 0);
    for (double& p : network.parameters) p = random.normal();
    return network;
}

// Neurons in reverse order, each with (w, a) -> (weight w, output a).
Network changed(const Network& network, double weight, double output) {
    Network result = network;
    for (Size i = 0; i < network.width; ++i) {
        const Size to = network.width - 1 - i;
        for (Size j = 0; j < network.inputs; ++j) result.weights(to)[j] = weight * network.weights(i)[j];
        result.output(to) = output * network.output(i);
    }
    return result;
}

}  // namespace

TEST_CASE("permuted networks are one, changed ones are not") {
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::sigmoid, ActivationKind::gelu}) {
        const Network network = drawn(kind, 5, 3, 1);
        REQUIRE(same_up_to_symmetry(network, changed(network, 1.0, 1.0), 1e-12));
        for (std::size_t p = 0; p < network.parameters.size(); ++p) {
            Network other = changed(network, 1.0, 1.0);
            other.parameters[p] += 1e-3;
            REQUIRE_FALSE(same_up_to_symmetry(network, other, 1e-5));
            REQUIRE(same_up_to_symmetry(network, other, 1e-1));
        }
    }
    REQUIRE_FALSE(
        same_up_to_symmetry(drawn(ActivationKind::tanh, 3, 2, 1), drawn(ActivationKind::erf, 3, 2, 1), 1.0));
    REQUIRE_FALSE(
        same_up_to_symmetry(drawn(ActivationKind::tanh, 3, 2, 1), drawn(ActivationKind::tanh, 2, 2, 1), 1.0));
}

TEST_CASE("each activation has its own sign symmetry") {
    const auto same = [](ActivationKind kind, double weight, double output) {
        const Network network = drawn(kind, 4, 3, 2);
        return same_up_to_symmetry(network, changed(network, weight, output), 1e-12);
    };
    for (const ActivationKind odd :
         {ActivationKind::tanh, ActivationKind::erf, ActivationKind::sin, ActivationKind::arctan}) {
        REQUIRE(same(odd, -1.0, -1.0));
        REQUIRE_FALSE(same(odd, -1.0, 1.0));
    }
    REQUIRE(same(ActivationKind::gaussian, -1.0, 1.0));
    REQUIRE_FALSE(same(ActivationKind::gaussian, -1.0, -1.0));
    for (const ActivationKind none :
         {ActivationKind::sigmoid, ActivationKind::softplus, ActivationKind::gelu}) {
        REQUIRE_FALSE(same(none, -1.0, -1.0));
        REQUIRE_FALSE(same(none, -1.0, 1.0));
    }
}

TEST_CASE("homogeneous activations may move scale between weights and outputs") {
    const auto same = [](ActivationKind kind, double factor, double power) {
        const Network network = drawn(kind, 4, 3, 3);
        return same_up_to_symmetry(network, changed(network, factor, std::pow(std::abs(factor), -power)),
                                   1e-12);
    };
    REQUIRE(same(ActivationKind::square, 3.0, 2.0));
    REQUIRE(same(ActivationKind::square, -3.0, 2.0));
    REQUIRE(same(ActivationKind::relu3, 0.2, 3.0));
    REQUIRE_FALSE(same(ActivationKind::relu3, 0.2, 2.0));
    REQUIRE_FALSE(same(ActivationKind::relu3, -0.2, 3.0));
    REQUIRE_FALSE(same(ActivationKind::tanh, 2.0, 1.0));
}

TEST_CASE("near ties cannot mislead the pairing") {
    // Neurons that agree in all but the last weight: any order by the first coordinates is rounding.
    Network network{Activation(ActivationKind::tanh), 4, 3};
    for (Size i = 0; i < 4; ++i) {
        network.weights(i)[0] = 1.0 + 1e-9 * static_cast<double>(i % 2 ? i : -i);
        network.weights(i)[1] = -1.0;
        network.weights(i)[2] = static_cast<double>(i) / 3.0;
        network.output(i) = 1.0;
    }
    Network other = changed(network, -1.0, -1.0);
    for (Size i = 0; i < 4; ++i) other.weights(i)[0] += 1e-8 * static_cast<double>(i);
    REQUIRE(same_up_to_symmetry(network, other, 1e-6));
    other.weights(0)[2] += 1e-3;
    REQUIRE_FALSE(same_up_to_symmetry(network, other, 1e-6));
}

TEST_CASE("every neuron needs a partner of its own") {
    Network left = drawn(ActivationKind::tanh, 3, 2, 4), right = left;
    for (Size j = 0; j < 2; ++j) {
        left.weights(1)[j] = left.weights(0)[j];
        right.weights(1)[j] = right.weights(2)[j];
    }
    left.output(0) = left.output(1) = left.output(2) = 1.0;
    right.output(0) = right.output(1) = right.output(2) = 1.0;
    REQUIRE_FALSE(same_up_to_symmetry(left, right, 1e-6));
}

TEST_CASE("sin with a constant input may turn by pi") {
    Network network = drawn(ActivationKind::sin, 3, 2, 5), turned = network;
    turned.weights(0)[1] += std::numbers::pi;
    turned.output(0) = -turned.output(0);
    turned.weights(1)[1] -= 2.0 * std::numbers::pi;
    NeuronMetric metric;
    metric.length = [](const double* w) { return std::hypot(w[0], w[1]); };
    REQUIRE_FALSE(match_neurons(network, turned, metric, 1e-9));
    metric.constant_input = 1;
    metric.constant_value = 1.0;
    REQUIRE(match_neurons(network, turned, metric, 1e-9));
    turned.output(0) = -turned.output(0);
    REQUIRE_FALSE(match_neurons(network, turned, metric, 1e-9));
}
