// Classes that are told apart without bound (MATH.md section 13): searches on samples of which all, or one
// class, can be separated, and what finite networks far along the direction show.
#include <cmath>
#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

constexpr Size kSamples = 60, kClasses = 3;

// Class 0 lies to the left by itself; classes 1 and 2 are apart by `distance`, beside a spread of 1.
struct Samples {
    std::vector<double> x, y;
    Samples(double distance, std::uint64_t seed) : x(2 * kSamples), y(kClasses * kSamples, 0.0) {
        Random random(seed, 0);
        for (Size k = 0; k < kSamples; ++k) {
            const Size label = k % kClasses;
            x[2 * k] = (label == 0 ? -6.0 : 2.0) + 0.5 * random.normal();
            x[2 * k + 1] = (label == 0   ? 0.0
                            : label == 1 ? -0.5 * distance
                                         : 0.5 * distance) +
                           random.normal();
            y[kClasses * k + label] = 1.0;
        }
    }
    Dataset data() const {
        DatasetSource source;
        source.samples = kSamples;
        source.features = source.ldx = 2;
        source.x = x.data();
        source.targets = y.data();
        source.outputs = kClasses;
        source.loss = &softmax_loss();
        return Dataset(source, true, true, LossScaling::sum);
    }
};

SolveResult found(const Dataset& data, Size width) {
    Layout layout;
    layout.width = width;
    layout.inputs = data.inputs();
    layout.output_count = kClasses;
    layout.output_bias = true;
    SolveOptions options;
    options.starts = 8;
    return solve(data, Network(Activation(ActivationKind::tanh), layout), options, Execution{1});
}

// The network of a limit of finite neurons, its output layer `far` along the direction.
Network along(const EndReport& end, double far) {
    const BoundaryNetwork& limit = end.limit;
    Layout layout;
    layout.width = Size(limit.units.size());
    layout.inputs = limit.inputs;
    layout.output_count = limit.output_count;
    layout.output_bias = true;
    Network network(limit.units[0].activation, layout);
    const std::vector<double>& direction = end.separation->direction;
    for (Size i = 0; i < layout.width; ++i) {
        const std::vector<double> w = limit.weights(i, 0);
        std::copy(w.begin(), w.end(), network.weights(i));
        for (Size o = 0; o < kClasses; ++o)
            network.output(i, o) = limit.coefficient(i, 0, o) + far * direction[i * kClasses + o];
    }
    for (Size o = 0; o < kClasses; ++o)
        network.parameters[network.coefficient(layout.width, o)] =
            limit.parameters[limit.rest_at() + o] + far * direction[layout.width * kClasses + o];
    return network;
}

bool is_finite_neurons(const EndReport& end) {
    for (const BoundaryUnit& unit : end.limit.units)
        if (unit.kind != UnitKind::neuron) return false;
    return true;
}

}  // namespace

TEST_CASE("classes that can be told apart end at infinity with their infimum") {
    const Dataset data = Samples(12.0, 3).data();
    const SolveResult result = found(data, 2);
    REQUIRE(result.ends.size() == 1);
    const EndReport& end = *result.ends[0].end;
    CHECK(result.ends[0].hits == 8);
    CHECK(end.verdict == EndVerdict::minimum);
    CHECK(end.rule == EndRule::separated);
    CHECK(end.loss == 0.0);
    REQUIRE(end.separation.has_value());
    CHECK(end.separation->group == std::vector<Size>{0, 1, 2});
    CHECK(end.separation->samples == kSamples);
    double before = HUGE_VAL;
    for (const double far : {10.0, 100.0, 1000.0}) {
        const double there = loss(data, along(end, far), Execution{1}).loss;
        CHECK(there < before);
        before = there;
    }
    CHECK(before < 1e-6);
}

TEST_CASE("a class that is told apart leaves the problem of the others") {
    int judged = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        CAPTURE(seed);
        const Dataset data = Samples(1.0, seed).data();
        for (const DistinctEnd& distinct : found(data, 1).ends) {
            const EndReport& end = *distinct.end;
            REQUIRE(end.separation.has_value());
            CHECK(end.separation->group == std::vector<Size>{0, 1, 1});
            CHECK(end.separation->samples == kSamples / 3);
            CHECK(end.loss > 1.0);
            if (end.verdict != EndVerdict::minimum || !is_finite_neurons(end)) continue;
            ++judged;
            const double far = 40.0 / end.separation->margin;
            const Network network = along(end, far);
            CHECK(loss(data, network, Execution{1}).loss == Approx(end.loss).epsilon(1e-10));
            Random random(seed, 5);
            for (int draw = 0; draw < 300; ++draw) {
                Network near = network;
                const double size = std::pow(10.0, -1.0 - 4.0 * random.uniform());
                for (double& value : near.parameters) value += size * random.normal();
                CHECK(loss(data, near, Execution{1}).loss > end.loss * (1.0 - 1e-12));
            }
        }
    }
    CHECK(judged >= 1);
}
