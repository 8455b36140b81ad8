#include "splitting/split.hpp"

#include <cmath>
#include <functional>

#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Status status_of(const std::function<void()>& action, std::string* message = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (message != nullptr) *message = error.what();
        return error.status();
    }
    return Status::ok;
}

const std::vector<std::vector<double>> kGammas = {{0.25, 0.75},      {1.0, 0.0},        {2.0, -1.0},
                                                  {0.5, 0.25, 0.25}, {-1.0, -1.0, 3.0}, {0.5, 0.0, 0.5},
                                                  {2, -2, 3, -3, 1}};

// Component by component within what rounding of the residuals and of the sum explains.
bool stationary(const Gradient& g) {
    for (std::size_t j = 0; j < g.value.size(); ++j) {
        if (std::abs(g.value[j]) > g.rounding[j] + 1e-13 * g.magnitude[j]) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("signs of splitting coefficients and their regions") {
    GammaSigns signs = check_gamma(std::vector<double>{0.5, 0.5});
    CHECK((signs.in_gamma_plus() && !signs.in_gamma_minus()));
    signs = check_gamma(std::vector<double>{-0.5, 2.0, -0.5});
    CHECK((!signs.in_gamma_plus() && signs.in_gamma_minus()));
    CHECK((signs.positive == 1 && signs.negative == 2 && signs.zero == 0));
    signs = check_gamma(std::vector<double>{0.0, 1.0, -0.0});
    CHECK((signs.positive == 1 && signs.zero == 2 && !signs.in_gamma_plus() && !signs.in_gamma_minus()));
    signs = check_gamma(std::vector<double>{2.0, 2.0, -3.0});
    CHECK((!signs.in_gamma_plus() && !signs.in_gamma_minus()));
    // Ten tenths do not sum to 1 in doubles, a million and its complement cancel.
    check_gamma(std::vector<double>(10, 0.1));
    check_gamma(std::vector<double>{1e6, 1.0 - 1e6});
}

TEST_CASE("coefficients that are too few, not finite or do not sum to 1 are refused") {
    std::string message;
    CHECK(status_of([] { check_gamma(std::vector<double>{1.0}); }) == Status::invalid_size);
    CHECK(status_of([] { check_gamma(std::vector<double>{}); }) == Status::invalid_size);
    CHECK(status_of([] { check_gamma(std::vector<double>{NAN, 1.0}); }, &message) == Status::not_finite);
    CHECK(message.find("gamma[0] is nan") != std::string::npos);
    CHECK(status_of([] { check_gamma(std::vector<double>{1e308, 1e308, INFINITY}); }) == Status::not_finite);
    CHECK(status_of([] { check_gamma(std::vector<double>{1e308, 1e308, 1e308}); }) == Status::invalid_value);
    CHECK(status_of(
              [] {
                  check_gamma(std::vector<double>{0.5, 0.5 + 1e-9});
              },
              &message) == Status::invalid_value);
    CHECK(message.find("1e-09") != std::string::npos);
    const Network network(Activation(ActivationKind::tanh), 2, 2);
    const std::vector<double> half = {0.5, 0.5};
    CHECK(status_of([&] { split_neuron(network, 2, half); }) == Status::invalid_size);
    CHECK(status_of([&] { split_neuron(network, -1, half); }) == Status::invalid_size);
}

TEST_CASE("daughters take their parent's place and share its output weight") {
    const Network network = random_network(Activation(ActivationKind::tanh), 3, 2, 7);
    const std::vector<double> gamma = {0.25, -0.25, 1.0};
    const Network wide = split_neuron(network, 1, gamma);
    const Size parents[] = {0, 1, 1, 1, 2};
    const double shares[] = {1.0, 0.25, -0.25, 1.0, 1.0};
    REQUIRE(wide.width == 5);
    for (Size i = 0; i < 5; ++i) {
        CHECK(std::equal(wide.weights(i), wide.weights(i) + 2, network.weights(parents[i])));
        CHECK(wide.output(i) == shares[i] * network.output(parents[i]));
    }
    // Neurons before and behind stay in their order, whoever is split.
    const Network five = random_network(Activation(ActivationKind::tanh), 5, 2, 8);
    for (Size neuron = 0; neuron < 5; ++neuron) {
        const Network split = split_neuron(five, neuron, gamma);
        for (Size i = 0; i < 5; ++i) {
            if (i == neuron) continue;
            const Size place = i < neuron ? i : i + 2;
            CHECK(std::equal(split.weights(place), split.weights(place) + 2, five.weights(i)));
            CHECK(split.output(place) == five.output(i));
        }
    }
}

TEST_CASE("a split keeps outputs and loss, and is stationary exactly when its parent is (Proposition 1)") {
    std::uint64_t seed = 500;
    for (const Activation& activation : curved_activations()) {
        PlantedOptions options;
        options.activation = activation;
        options.features = 3;
        options.bias = true;
        options.wanted = {Definiteness::zero, Definiteness::zero};
        options.seed = ++seed;
        const std::optional<Planted> planted = plant(options);
        INFO(activation.name());
        REQUIRE(planted);
        const Dataset data = planted->dataset();
        const Execution execution{1};
        Network moved = planted->network;
        moved.weights(1)[0] += 0.05;
        for (const Network& narrow : {planted->network, moved}) {
            const Gradient parent = gradient(data, narrow, execution);
            const bool expected = stationary(parent);
            std::vector<double> before(static_cast<std::size_t>(data.samples())), after(before);
            outputs(data, narrow, before.data(), nullptr, execution);
            for (const std::vector<double>& gamma : kGammas) {
                for (const Size neuron : {0, 1}) {
                    const Network wide = split_neuron(narrow, neuron, gamma);
                    INFO(activation.name() << " neuron " << neuron << ", " << gamma.size() << " daughters");
                    outputs(data, wide, after.data(), nullptr, execution);
                    for (std::size_t k = 0; k < after.size(); ++k) {
                        CHECK(after[k] == Approx(before[k]).epsilon(1e-12).margin(1e-12));
                    }
                    const Gradient daughters = gradient(data, wide, execution);
                    CHECK(std::abs(daughters.loss.loss - parent.loss.loss) <=
                          1e-13 * parent.loss.loss + daughters.loss.rounding_loss +
                              2 * std::sqrt(parent.loss.loss * daughters.loss.rounding_loss));
                    CHECK(stationary(daughters) == expected);
                }
            }
        }
        CHECK(stationary(gradient(data, planted->network, execution)));
        CHECK_FALSE(stationary(gradient(data, moved, execution)));
    }
}

TEST_CASE("daughters merged again give the parent") {
    const Network network = random_network(Activation(ActivationKind::silu), 3, 3, 9);
    for (const std::vector<double>& gamma : kGammas) {
        const Network wide = split_neuron(network, 2, gamma);
        double output = 0.0;
        for (Size j = 2; j < wide.width; ++j) output += wide.output(j);
        CHECK(output == Approx(network.output(2)).epsilon(1e-14));
        CHECK(std::equal(wide.weights(2), wide.weights(2) + 3, network.weights(2)));
    }
}

TEST_CASE("daughters of a ReLU-like neuron keep outputs and weight decay") {
    Random random(11, 4);
    Layout layout{3, 4};
    layout.output_count = 2;
    for (const Activation& activation :
         {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
          Activation(ActivationKind::abs)}) {
        Network network(activation, layout);
        for (double& p : network.parameters) p = random.normal();
        const std::vector<double> gamma = {0.25, 0.0, 0.75};
        const Network wide = split_homogeneous(network, 1, gamma);
        REQUIRE(wide.width == 5);
        const auto decay = [](const Network& net) {
            double sum = 0.0;
            for (const double p : net.parameters) sum += p * p;
            return sum;
        };
        CHECK(decay(wide) == Approx(decay(network)).epsilon(1e-14));
        std::vector<double> x(4);
        for (double& component : x) component = random.normal();
        for (Size o = 0; o < 2; ++o) {
            const auto output = [&](const Network& net) {
                double f = 0.0;
                for (Size i = 0; i < net.width; ++i) {
                    double z = 0.0, u = 0.0;
                    for (Size j = 0; j < 4; ++j) z += net.weights(i)[j] * x[std::size_t(j)];
                    activation.evaluate(1, &z, {.value = &u});
                    f += net.output(i, o) * u;
                }
                return f;
            };
            CHECK(output(wide) == Approx(output(network)).epsilon(1e-13).margin(1e-14));
        }
        CHECK(status_of([&] {
                  split_homogeneous(network, 1, std::vector<double>{1.5, -0.5});
              }) == Status::invalid_value);
    }
    const Network smooth(Activation(ActivationKind::tanh), layout);
    CHECK(status_of([&] {
              split_homogeneous(smooth, 1, std::vector<double>{0.5, 0.5});
          }) == Status::unsupported);
}
