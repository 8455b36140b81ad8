#include <cmath>
#include <set>

#include "network/model/network.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("names and kinds go both ways and unknown ones are refused") {
    std::set<std::string_view> names;
    for (const Activation& activation : all_activations()) {
        CHECK(activation_from_name(activation.name()) == activation.kind());
        names.insert(activation.name());
    }
    CHECK(names.size() == std::size(Vocabulary<ActivationKind>::words) - 1);
    try {
        activation_from_name("swish");
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.status() == Status::invalid_value);
        CHECK(std::string(error.what()).find("'swish'") != std::string::npos);
        CHECK(std::string(error.what()).find("leaky_relu") != std::string::npos);
    }
    CHECK_THROWS_AS(Activation(static_cast<ActivationKind>(31)), Error);
    CHECK_THROWS_AS(Activation(ActivationKind::custom), Error);
    CHECK_THROWS_AS(Activation(ActivationKind::leaky_relu, NAN), Error);
    CHECK_THROWS_AS(Activation(nullptr, nullptr, ActivationTraits{}), Error);
}

TEST_CASE("traits say what the functions do") {
    std::vector<Activation> list = all_activations();
    for (const double slope : {-1.0, 0.0, 1.0}) list.emplace_back(ActivationKind::leaky_relu, slope);
    for (const Activation& activation : list) {
        const ActivationTraits& traits = activation.traits();
        const auto jet = [&](Real z) { return activation_jet(activation.kind(), activation.parameter(), z); };
        const auto value = [&](Real z) { return static_cast<double>(jet(z).value); };
        INFO(activation.name() << " " << activation.parameter());
        CHECK(value(0) == Approx(traits.value_at_zero).margin(1e-16));
        bool odd = true, even = true, flat = true;
        for (const double z : {0.25, 0.8, 1.7, 3.1}) {
            odd = odd && std::abs(value(-z) + value(z)) < 1e-15;
            even = even && std::abs(value(-z) - value(z)) < 1e-15;
            flat = flat && value(-z) == value(-2 * z) && value(-z) == value(0);
        }
        CHECK((traits.parity == Parity::odd) == odd);
        CHECK((traits.parity == Parity::even) == even);
        CHECK(traits.flat_on_negatives == flat);
        for (int degree = 1; degree <= 4; ++degree) {
            bool homogeneous = true;
            for (const double z : {-1.5, -0.3, 0.4, 2.0}) {
                homogeneous =
                    homogeneous && std::abs(value(1.5 * z) - std::pow(1.5, degree) * value(z)) < 1e-13;
            }
            CHECK((traits.homogeneity == degree) == homogeneous);
        }
        // The first derivative that jumps at 0.
        const Real z = 1e-12L;
        const bool first = std::abs(jet(z).first - jet(-z).first) > 1e-6L;
        const bool third = std::abs(jet(z).third - jet(-z).third) > 1e-6L;
        const bool bends = std::abs(jet(-1).second) > 1e-6L;
        CHECK((traits.smoothness == Smoothness::piecewise_linear) == (first && !bends));
        CHECK((traits.smoothness == Smoothness::kink_at_zero) == (first && bends));
        CHECK((traits.smoothness == Smoothness::c2) == (third && !first));
        CHECK(activation.derivatives() == (first && !bends ? 1 : (third ? 2 : 3)));
        const bool polynomial =
            activation.kind() == ActivationKind::square || activation.kind() == ActivationKind::cube ||
            activation.kind() == ActivationKind::identity || activation.parameter() == 1.0;
        CHECK(traits.polynomial == polynomial);
    }
}

TEST_CASE("networks have at least one input and may have no neurons") {
    const Activation activation(ActivationKind::tanh);
    CHECK(Network(activation, 0, 2).parameter_count() == 0);
    CHECK_THROWS_AS(Network(activation, -1, 2), Error);
    CHECK_THROWS_AS(Network(activation, 2, 0), Error);
    CHECK_THROWS_AS(Network(activation, INT64_MAX / 2, 3), Error);
    Network network(activation, 2, 3);
    CHECK(network.parameter_count() == 8);
    CHECK(network.parameters == std::vector<double>(8, 0.0));
    network.output(1) = 5.0;
    CHECK(network.parameters[7] == 5.0);
    CHECK(network.outputs()[1] == 5.0);
    network.weights(1)[2] = 6.0;
    CHECK(network.parameters[5] == 6.0);
}
