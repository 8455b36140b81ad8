// Classes that are told apart without bound (MATH.md section 13): searches on samples of which all, or one
// class, can be separated, and what finite networks far along the direction show.
#include <cmath>
#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/ends/given_end.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

constexpr Size kSamples = 120, kClasses = 3;

// Class 0 lies below by itself; classes 1 and 2 are apart by `distance`, beside a spread of 1.
struct Samples {
    std::vector<double> x, y;
    Samples(double distance, std::uint64_t seed) : x(2 * kSamples), y(kClasses * kSamples, 0.0) {
        Random random(seed, 0);
        for (Size k = 0; k < kSamples; ++k) {
            const Size label = k % kClasses;
            x[2 * k] = 0.5 * random.normal();
            x[2 * k + 1] = random.normal() + (label == 0   ? -12.0
                                              : label == 1 ? -0.5 * distance
                                                           : 0.5 * distance);
            y[kClasses * k + label] = 1.0;
        }
    }
    Dataset data() const { return test::dataset_of(2, x, kClasses, y, softmax_loss()); }
};

// skip: the skip connections of the bias input take the place of output biases.
SolveResult found(const Dataset& data, Size width, bool skip = false) {
    Layout layout;
    layout.width = width;
    layout.inputs = data.inputs();
    layout.output_count = kClasses;
    layout.output_bias = !skip;
    layout.skip = skip;
    SolveOptions options;
    options.starts = 8;
    return solve(data, Network(Activation(ActivationKind::tanh), layout), options, Execution{1});
}

// A network on its way to the limit, its output layer `far` along the direction.
Network along(const EndReport& end, double far) {
    std::vector<double> coefficients = coefficients_of(end.limit);
    for (std::size_t j = 0; j < coefficients.size(); ++j)
        coefficients[j] += far * end.separation->direction[j];
    const std::vector<Approach> approaches(end.limit.units.size(), Approach{.step = 1e-4});
    return finite_network(with_coefficients(end.limit, coefficients), approaches);
}

}  // namespace

TEST_CASE("classes that can be told apart end at infinity with their infimum") {
    const bool skip = GENERATE(false, true);
    const Dataset data = Samples(12.0, 3).data();
    const SolveResult result = found(data, 2, skip);
    REQUIRE(result.ends.size() >= 1);
    const EndReport& end = *result.ends[0].end;
    CHECK(result.ends[0].hits >= 4);
    CHECK(end.verdict == EndVerdict::minimum);
    CHECK(end.rule == EndRule::separated);
    CHECK(end.loss == 0.0);
    REQUIRE(end.separation.has_value());
    CHECK(end.separation->group == std::vector<Size>{0, 1, 2});
    CHECK(end.separation->samples == kSamples);
    double before = HUGE_VAL;
    for (const double far : {10.0, 100.0, 1000.0}) {
        const double there = loss(data, along(end, far), Execution{1}).loss;
        CHECK(there <= before);
        before = there;
    }
    CHECK(before < 1e-6);
}

TEST_CASE("a class that is told apart leaves the problem of the others") {
    const bool skip = GENERATE(false, true);
    int judged = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed, skip);
        const Dataset data = Samples(2.0, seed).data();
        for (const DistinctEnd& distinct : found(data, 1, skip).ends) {
            const EndReport& end = *distinct.end;
            REQUIRE(end.separation.has_value());
            CHECK(end.separation->group == std::vector<Size>{0, 1, 1});
            CHECK(end.separation->samples == kSamples / 3);
            CHECK(end.loss > 1.0);
            if (end.verdict != EndVerdict::minimum || end.separation->margin < 1e-2) continue;
            ++judged;
            const double far = 40.0 / end.separation->margin;
            const Network network = along(end, far);
            CHECK(loss(data, network, Execution{1}).loss == Approx(end.loss).epsilon(1e-3));
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

TEST_CASE("groups of classes are told apart by a direction or not at all") {
    for (const double distance : {1.0, 12.0}) {
        CAPTURE(distance);
        const Dataset data = Samples(distance, 7).data();
        const std::optional<std::vector<Size>> labels = labels_of(data);
        REQUIRE(labels.has_value());
        // Features that tell class 0 by itself, and the others where they are far apart.
        Layout layout;
        layout.width = 2;
        layout.inputs = 3;
        layout.output_count = kClasses;
        layout.output_bias = true;
        Network network(Activation(ActivationKind::tanh), layout);
        network.weights(0)[1] = network.weights(1)[1] = 0.3;
        network.weights(1)[2] = 2.5;  // rises between class 0 and the others
        const BoundaryNetwork limit = as_limit(network, 1.0);
        const std::optional<Separation> one = separation_of(data, limit, *labels, {0, 1, 1});
        REQUIRE(one.has_value());
        CHECK(one->margin > 0.0);
        CHECK(one->samples == kSamples / kClasses);
        const BoundaryOutputs along = boundary_outputs(data, with_coefficients(limit, one->direction));
        for (Size k = 0; k < kSamples; ++k) {
            const double* f = along.f.data() + k * kClasses;
            CHECK(f[1] == Approx(f[2]));
            CHECK(((*labels)[k] == 0 ? f[0] - f[1] : f[1] - f[0]) > 0.0);
        }
        CHECK(separation_of(data, limit, *labels, {0, 1, 2}).has_value() == (distance > 2.0));
        CHECK_FALSE(separation_of(data, limit, *labels, {0, 0, 0}).has_value());
        // A direction that tells some samples apart, and not all, does not count as one.
        Random random(3, 0);
        for (int draw = 0; draw < 20; ++draw) {
            std::vector<double> drawn = coefficients_of(limit);
            for (double& value : drawn) value = random.normal();
            const BoundaryNetwork towards = with_coefficients(limit, drawn);
            CHECK(separation_of(data, towards, *labels, {0, 1, 2}).has_value() == (distance > 2.0));
        }
    }
}

TEST_CASE("limits that differ by what all outputs share are one end") {
    const Dataset data = Samples(1.0, 5).data();
    Network network(Activation(ActivationKind::tanh), Layout{1, data.inputs(), kClasses, true, false});
    Random random(8, 0);
    for (double& parameter : network.parameters) parameter = random.normal();
    std::vector<StartReport> starts;
    for (const double shared : {0.0, 2.5, -40.0}) {
        Network shifted = network;
        for (Size q = 0; q < shifted.features(); ++q)
            for (Size o = 0; o < kClasses; ++o) shifted.parameters[shifted.coefficient(q, o)] += shared;
        auto end = std::make_shared<EndReport>();
        end->limit = as_limit(shifted, 1.0);
        end->loss = 7.0;
        StartReport& start = starts.emplace_back(StartReport{StartOutcome::at_infinity, "", shifted});
        start.end = std::move(end);
    }
    StartReport& other = starts.emplace_back(starts.front());
    auto moved = std::make_shared<EndReport>(*other.end);
    moved->limit.coefficient(0, 0, 1) += 1.0;  // of one output
    other.end = std::move(moved);
    const std::vector<DistinctEnd> ends = distinct_ends(data, starts);
    REQUIRE(ends.size() == 2);
    CHECK(ends[0].hits == 3);
    CHECK(ends[1].hits == 1);
}
