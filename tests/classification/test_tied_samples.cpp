// Samples that tie at a step's hyperplane, and samples fitted exactly through directions of their own, at
// planted limits (MATH.md section 13): verdicts against networks at finite weights.
#include <algorithm>
#include <cmath>

#include "classification/infinity/end_verdict.hpp"
#include "classification/planted_limits.hpp"
#include "solve/ends/hyperplane.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

constexpr Size kOfALevel = 6;

// One number and two columns for three levels: those of the first are kept, a step tells it from the others.
Samples levels(std::uint64_t seed) {
    Samples samples(3 * kOfALevel, 3, 1, seed);
    for (Size k = 0; k < samples.n; ++k) {
        samples.x[std::size_t(3 * k + 1)] = k / kOfALevel == 1;
        samples.x[std::size_t(3 * k + 2)] = k / kOfALevel == 2;
    }
    return samples;
}

std::vector<double> step_direction(Size inputs, double first, double second) {
    std::vector<double> v(std::size_t(inputs), 0.0);
    v[1] = first;
    v[2] = second;
    return v;
}

BoundaryNetwork with_step(const Dataset& data, ActivationKind kind, const std::vector<Size>& kept,
                          double second, std::uint64_t seed) {
    Random random(seed, 1);
    std::vector<double> w = step_direction(data.inputs(), 1e6, second * 1e6);
    BoundaryUnit unit{Activation(kind)};
    unit.neurons = {0};
    std::vector<double> u;
    REQUIRE(make_saturated(SampleInputs(data), kept, w, unit, u));
    BoundaryUnit neuron{unit.activation};
    neuron.neurons = {1};
    BoundaryNetwork limit;
    limit.inputs = data.inputs();
    limit.bias_value = 1.0;
    limit.output_bias = true;
    limit.units = {unit, neuron};
    limit.parameters.assign(std::size_t(limit.parameter_count()), 0.0);
    for (double& value : limit.parameters) value = random.normal();
    limit.coefficient(0, 0) = 1.5;
    limit.normalise();
    return limit;
}

// The least change of the loss, beyond rounding, among networks drawn near the limit with any v of the cone.
double least_change(const Dataset& data, const EndReport& end, std::uint64_t seed) {
    Random random(seed, 3);
    const BoundaryOutputs at = boundary_outputs(data, end.limit);
    const double second = end.limit.units[0].direction[2] > 0.0 ? 1.0 : -1.0;
    double least = 0.0;
    for (int draw = 0; draw < 400; ++draw) {
        BoundaryNetwork near = end.limit;
        const double size = std::pow(10.0, -3.0 - 3.0 * random.uniform());
        for (double& value : near.parameters) value += size * random.normal();
        std::vector<Approach> approaches(2);
        approaches[0].step = 1.0 / (8.0 + 4.0 * random.uniform());
        const double ahead = 1.0 + 2.0 * random.uniform();
        approaches[0].direction = draw % 2 == 0 ? step_direction(data.inputs(), 1.0, second * ahead)
                                                : step_direction(data.inputs(), ahead, second);
        const LossChange change = change_from_limit(data, at, finite_network(near, approaches), Execution{1});
        least = std::min(least, change.value + change.error);
    }
    return least;
}

}  // namespace

TEST_CASE("samples of one level that come near together count as one") {
    const auto kind = GENERATE(ActivationKind::tanh, ActivationKind::erf);
    const double second = GENERATE(1.0, -1.0);
    CAPTURE(name_of(kind), second);
    int minima = 0, saddles = 0, open = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Samples samples = levels(seed);
        std::vector<Size> kept;
        for (Size k = 0; k < kOfALevel; ++k) kept.push_back(k);
        const BoundaryNetwork limit = with_step(samples.data(), kind, kept, second, seed);
        plant(samples, limit, 0.03, seed);
        const Dataset data = samples.data();
        const EndReport end = classify_end(data, limit, Tolerances{}, Execution{1});
        if (end.across.empty()) continue;  // rounding of the planted targets
        CAPTURE(name_of(end.rule), end.across[0].reason);
        open += end.across[0].sign == AcrossSign::open ? 1 : 0;
        if (end.verdict == EndVerdict::minimum) {
            ++minima;
            CHECK(least_change(data, end, seed) == 0.0);
        } else if (end.verdict == EndVerdict::saddle && end.way) {
            ++saddles;
            CHECK(loss(data, end.way->network, Execution{1}).loss < end.loss);
        }
    }
    CAPTURE(minima, saddles, open);
    CHECK(minima >= 4);
    CHECK(saddles >= 10);
    CHECK(open <= 3);
}

TEST_CASE("an end is judged without samples that are fitted through directions of their own") {
    int minima = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        // The step keeps the first level and one more sample, which alone has the last input.
        Samples of_levels = levels(seed);
        Samples samples(of_levels.n + 1, 4, 1, seed);
        for (Size k = 0; k < samples.n; ++k)
            for (Size j = 0; j < 4; ++j)
                samples.x[std::size_t(4 * k + j)] = k == of_levels.n ? (j == 3 ? 1.0 : 0.0)
                                                    : j < 3          ? of_levels.x[std::size_t(3 * k + j)]
                                                                     : 0.0;
        std::vector<Size> kept;
        for (Size k = 0; k < kOfALevel; ++k) kept.push_back(k);
        BoundaryNetwork rest = with_step(of_levels.data(), ActivationKind::tanh, kept, 1.0, seed);
        plant(of_levels, rest, 0.03, seed);
        const EndReport without = classify_end(of_levels.data(), rest, Tolerances{}, Execution{1});
        kept.push_back(of_levels.n);
        BoundaryNetwork limit = with_step(samples.data(), ActivationKind::tanh, kept, 1.0, seed);
        for (Size u = 0; u < 2; ++u) {
            std::vector<double> w = rest.weights(u, 0);
            w.insert(w.begin() + 3, 0.3);
            limit.set_weights(u, 0, w.data());
            limit.coefficient(u, 0) = rest.coefficient(u, 0);
        }
        limit.parameters.back() = rest.parameters.back();
        std::copy(of_levels.y.begin(), of_levels.y.end(), samples.y.begin());
        samples.y.back() = outputs_of(samples.data(), limit).back();
        const EndReport end = classify_end(samples.data(), limit, Tolerances{}, Execution{1});
        CAPTURE(name_of(end.rule), name_of(without.rule));
        CHECK((end.verdict == EndVerdict::minimum) == (without.verdict == EndVerdict::minimum));
        if (end.verdict != EndVerdict::minimum) continue;
        ++minima;
        CHECK(end.fitted == std::vector<Size>{of_levels.n});
        CHECK(end.hessian.inertia.positive == without.hessian.inertia.positive);
        CHECK(least_change(samples.data(), end, seed) == 0.0);
    }
    CHECK(minima >= 3);
}
