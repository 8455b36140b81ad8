// Neurons without weights under weight decay: whether one grows, and the bound that makes a point a global
// minimum, against all directions of a plane.
#include <cmath>
#include <numbers>

#include "classification/directional/dual_bound.hpp"
#include "classification/directional/growing_neuron.hpp"
#include "classification/directional/several_outputs.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

constexpr Size kSamples = 12;

struct Plane {
    std::vector<double> x, y;
    Size outputs;

    Plane(Size outputs_, std::uint64_t seed) : outputs(outputs_) {
        Random random(seed, 0);
        for (Size q = 0; q < 2 * kSamples; ++q) x.push_back(random.normal());
        for (Size q = 0; q < outputs * kSamples; ++q) y.push_back(random.normal());
    }
    Dataset dataset(const Decay& decay) const {
        Dataset data = test::dataset_of(2, x, outputs, y, squared_loss(), {}, false);
        data.set_decay(decay);
        return data;
    }
    // The largest |D(v)|^2 / v . Lambda v of a network without neurons, Lambda = (1, 1).
    double largest(const Slopes& slopes) const {
        double most = 0.0;
        constexpr int kDirections = 20000;
        for (int t = 0; t < kDirections; ++t) {
            const double angle = 2.0 * std::numbers::pi * t / kDirections;
            const double v[] = {std::cos(angle), std::sin(angle)};
            double square = 0.0;
            for (Size o = 0; o < outputs; ++o) {
                double sum = 0.0;
                for (Size k = 0; k < kSamples; ++k) {
                    const double z = v[0] * x[2 * k] + v[1] * x[2 * k + 1];
                    sum -= y[k * outputs + o] * z * (z >= 0.0 ? slopes.above : slopes.below);
                }
                square += sum * sum;
            }
            most = std::max(most, square);
        }
        return most;
    }
};

// The bound by itself, of a network without neurons.
bool is_held(const Dataset& data, const Network& network) {
    KinkOptions options;
    options.residuals = true;
    const KinkValue sums = kink_sums(data, network, options, Execution{});
    const KinkedPoint point{data, network, sums};
    return every_neuron_is_held(point, PullField(point, loss_derivatives(data, sums.residuals).pulls), {});
}

}  // namespace

TEST_CASE("a neuron without weights grows where the decay is less than the bound") {
    for (const char* name : {"relu", "abs"}) {
        const Activation activation(std::string(name) == "relu" ? ActivationKind::relu : ActivationKind::abs);
        for (Size outputs = 1; outputs <= 3; ++outputs) {
            for (std::uint64_t seed = 1; seed <= 20; ++seed) {
                const Plane plane(outputs, seed);
                const double most = plane.largest(slopes_of(activation));
                const Network none(activation, Layout{2, 2, outputs});
                for (const double factor : {0.5, 0.98, 1.02, 2.0}) {
                    INFO(name << " outputs " << outputs << " seed " << seed << " factor " << factor);
                    // One lambda of the inputs is 4, in other units.
                    Plane scaled = plane;
                    Decay decay{.weights = 4.0, .outputs = factor * most};
                    for (double& component : scaled.x) component *= 2.0;
                    const Dataset data = scaled.dataset(decay);
                    CHECK(is_held(data, none) == (factor > 1.0));
                    const OutputsReport report = classify_kinked_model(data, none, {}, {}, Execution{});
                    if (factor < 1.0) {
                        CHECK(report.rule == OutputsRule::decayed_neuron_grows);
                        REQUIRE(report.witness);
                        CHECK(report.witness->descends());
                        CHECK(report.witness->coefficient < 0.0);
                    } else {
                        CHECK(report.verdict == Verdict::local_minimum);
                        CHECK(report.rule == OutputsRule::dual_minimum);
                    }
                }
            }
        }
    }
}

// Beside active neurons the bound is attained along their weights: a solved point with one neuron more.
TEST_CASE("a neuron without weights beside active ones") {
    // f = a w x of one input: x > 0 alone, so that (a w) minimises sum (c x - y)^2 / 2 + lambda |c|.
    const std::vector<double> x = {1.0, 2.0, 3.0, -1.0, -2.0};
    const double lambda = 0.5;
    double xx = 0.0, xy = 0.0;
    std::vector<double> y = {1.0, 2.5, 2.0, 0.0, 0.0};
    for (std::size_t k = 0; k < 3; ++k) {
        xx += x[k] * x[k];
        xy += x[k] * y[k];
    }
    const double c = (xy - lambda) / xx, root = std::sqrt(c);
    Network network(Activation(ActivationKind::relu), Layout{2, 1, 1});
    network.weights(0)[0] = network.output(0) = root;
    const auto judge = [&] {
        Dataset data = test::dataset_of(1, x, 1, y, squared_loss(), {}, false);
        data.set_decay({.weights = lambda, .outputs = lambda});
        return classify_kinked_model(data, network, {}, {}, Execution{});
    };
    CHECK(judge().rule == OutputsRule::dual_minimum);
    // Traces of rounding are none.
    network.weights(1)[0] = 1e-17;
    network.output(1) = -1e-16;
    CHECK(judge().rule == OutputsRule::dual_minimum);
    // The other side pulls by less than the decay, then by more.
    y[4] = 0.2;
    CHECK(judge().rule == OutputsRule::dual_minimum);
    y[4] = -0.3;
    const OutputsReport grows = judge();
    CHECK(grows.rule == OutputsRule::decayed_neuron_grows);
    CHECK(grows.deciding_neuron == 1);
    CHECK(grows.neurons[1].curvature < 0.0);
    CHECK(grows.loss > 0.0);
}
