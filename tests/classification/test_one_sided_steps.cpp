// Steps of what rectifies, with every sample that they do not keep to the left (MATH.md section 13): verdicts
// on planted limits against networks at finite weights.
#include <algorithm>
#include <cmath>

#include "classification/infinity/end_verdict.hpp"
#include "classification/planted_limits.hpp"
#include "solve/ends/hyperplane.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// A step that keeps these samples, all others to the left of v . x = 0, and a neuron beside it.
BoundaryNetwork one_sided(const Dataset& data, ActivationKind kind, const std::vector<Size>& kept,
                          std::vector<double> v, Random& random) {
    for (double& x : v) x *= 1e6;
    v[0] += 0.4;  // what is left of it on the kept samples
    v.back() += 0.7;
    BoundaryUnit unit{Activation(kind)};
    unit.neurons = {0};
    std::vector<double> u;
    REQUIRE(make_saturated(SampleInputs(data), kept, v, unit, u));
    BoundaryUnit neuron{unit.activation};
    neuron.neurons = {1};
    BoundaryNetwork limit;
    limit.inputs = data.inputs();
    limit.bias_value = 1.0;
    limit.output_bias = true;
    limit.units = {unit, neuron};
    limit.parameters.assign(std::size_t(limit.parameter_count()), 0.0);
    for (double& value : limit.parameters) value = random.normal();
    limit.set_weights(0, 0, u.data());
    limit.coefficient(0, 0) = 1.5;
    return limit;
}

// The sample that is farthest along a direction is kept.
BoundaryNetwork keeping_one(const Dataset& data, ActivationKind kind, std::uint64_t seed) {
    Random random(seed, 1);
    std::vector<double> v(std::size_t(data.inputs()), 0.0);
    for (std::size_t j = 0; j + 1 < v.size(); ++j) v[j] = random.normal();
    const std::vector<double> z = SampleInputs(data).preactivations(v.data());
    const Size top = Size(std::max_element(z.begin(), z.end()) - z.begin());
    v.back() = -z[std::size_t(top)];
    return one_sided(data, kind, {top}, v, random);
}

// Of an input that is 0 or 1 the samples with 1 are kept.
BoundaryNetwork keeping_half(const Dataset& data, ActivationKind kind, std::uint64_t seed) {
    Random random(seed, 1);
    std::vector<Size> kept;
    for (Size k = 0; k < data.samples(); k += 2) kept.push_back(k);
    return one_sided(data, kind, kept, {0.0, 1.0, -1.0}, random);
}

// The least change of the loss, beyond rounding, among networks drawn near the limit, along directions that
// keep every sample on its side.
double least_change(const Dataset& data, const EndReport& end, std::uint64_t seed) {
    Random random(seed, 3);
    const SampleInputs inputs(data);
    const BoundaryOutputs at = boundary_outputs(data, end.limit);
    const BoundaryUnit& unit = end.limit.units[0];
    double least = 0.0;
    for (int draw = 0; draw < 400; ++draw) {
        BoundaryNetwork near = end.limit;
        const double size = std::pow(10.0, -2.0 - 4.0 * random.uniform());
        for (double& value : near.parameters) value += size * random.normal();
        std::vector<Approach> approaches(2);
        // Where tails are some 1e-9 and less: nearer, samples that are farther away and pull more count, too.
        const double deep = unit.activation.kind() == ActivationKind::gelu ? 5.0 : 22.0;
        approaches[0].step = 1.0 / (deep * (1.0 + 0.4 * random.uniform()));
        std::vector<double> v = unit.direction;
        for (double& value : v) value *= 1.0 + 0.5 * random.normal();
        const double* kept = inputs.h.row(unit.kept[0]);
        double along = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) along += v[j] * kept[j];
        v.back() -= along;  // the last input is 1
        const std::vector<double> z = inputs.preactivations(v.data());
        double nearest = HUGE_VAL;
        for (Size k = 0; k < data.samples(); ++k)
            if (unit.side[std::size_t(k)] != 0) nearest = std::min(nearest, -z[std::size_t(k)]);
        if (nearest > 1e-3 && unit.kept.size() == 1) {
            for (double& value : v) value /= nearest;
            approaches[0].direction = v;
        }
        const Network finite = finite_network(near, approaches);
        const LossChange change = change_from_limit(data, at, finite, Execution{1});
        least = std::min(least, change.value + change.error);
    }
    return least;
}

}  // namespace

TEST_CASE("steps on one side are judged as networks at finite weights show") {
    const auto kind = GENERATE(ActivationKind::gelu, ActivationKind::softplus, ActivationKind::silu);
    const bool half = GENERATE(false, true);
    CAPTURE(name_of(kind), half);
    int minima = 0, saddles = 0, shown = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        CAPTURE(seed);
        Samples samples(half ? 14 : 10, 2, 1, seed);
        for (Size k = 0; half && k < samples.n; ++k) samples.x[std::size_t(2 * k + 1)] = k % 2 == 0;
        const Dataset blank = samples.data();
        const BoundaryNetwork limit = half ? keeping_half(blank, kind, seed) : keeping_one(blank, kind, seed);
        plant(samples, limit, 0.03, seed);
        const Dataset data = samples.data();
        const EndReport end = classify_end(data, limit, Tolerances{}, Execution{1});
        CAPTURE(name_of(end.rule), end.gradient_relative);
        if (end.verdict == EndVerdict::minimum) {
            ++minima;
            CHECK(least_change(data, end, seed) == 0.0);
        } else if (end.verdict == EndVerdict::saddle) {
            ++saddles;
            if (!end.way) continue;  // rounding hides the fall of its tails in every network
            ++shown;
            CHECK(end.way->change.value < -end.way->change.error);
            CHECK(loss(data, end.way->network, Execution{1}).loss < end.loss * (1.0 + 1e-12));
        }
    }
    CAPTURE(minima, saddles);
    CHECK(minima >= 2);
    CHECK(saddles >= 10);
    CHECK(shown >= 4);
}

TEST_CASE("what rectifies has no step with samples to the right") {
    Samples samples(12, 2, 1, 3);
    const SampleInputs inputs(samples.data());
    BoundaryUnit unit{Activation(ActivationKind::gelu)};
    std::vector<double> u;
    CHECK_FALSE(make_saturated(inputs, {0}, {1e6, 1e6, 0.0}, unit, u));
}
