// What is said about the neurons of a layer, from its inputs, the gradient behind it and its weights alone,
// against the Hessian of the whole network written out (MATH.md section 14).
#include <cmath>

#include "classification/layer_ways.hpp"
#include "classification/split_cases.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Counts {
    Size splits = 0, saddles = 0, minima = 0, open = 0, unknown = 0, skipped = 0, precise = 0, hidden = 0;
};

struct Curvature {
    Real value = 0, terms = 0;  // the sum, and that of the absolute values
};

// v^T H v, H the Hessian of the loss: by dual numbers, so that nothing cancels however small it is.
Curvature curvature(const WrittenNetwork& network, const std::vector<Real>& at, const std::vector<Real>& v,
                    Size width) {
    WrittenNetwork::Numbers theta;
    for (std::size_t p = 0; p < at.size(); ++p) theta.emplace_back(at[p], v[p], v[p], 0);
    const WrittenNetwork::Numbers f = network.f(theta, width);
    Curvature sum;
    for (std::size_t k = 0; k < f.size(); ++k) {
        const Real square = f[k].a * f[k].b, pull = (f[k].value - network.targets[k]) * f[k].ab;
        sum.value += square + pull;
        sum.terms += std::abs(square) + std::abs(pull);
    }
    return sum;
}

// The coefficient of a way down is that of the loss along it. Third order: a slide along the plateau, where
// the loss stays, and second order from there.
void check_coefficient(const WrittenNetwork& network, const LayerReport& report, Size i,
                       const std::vector<double>& gamma) {
    const LayerWayDown rest = layer_way_down(report, i, gamma, 0.0);
    const bool slides = rest.order == 3;
    const double epsilon = slides ? std::ldexp(1.0, -20) : 1.0;
    const LayerWayDown way = layer_way_down(report, i, gamma, epsilon);
    const std::vector<Real> from = network.split(i, rest.weights, slides ? way.outputs : rest.outputs);
    std::vector<Real> v = network.split(i, way.weights, way.outputs);
    for (std::size_t p = 0; p < v.size(); ++p) v[p] = (v[p] - from[p]) / static_cast<Real>(epsilon);
    const Curvature form = curvature(network, from, v, network.m + static_cast<Size>(gamma.size()) - 1);
    const Real unit = slides ? 2 * epsilon : 2;
    // The coefficient comes from sums in double.
    CHECK(static_cast<double>(form.value / unit) ==
          Approx(way.coefficient)
              .epsilon(slides ? 1e-2 : 1e-6)
              .margin(64 * kEps * static_cast<double>(form.terms / unit)));
}

bool check_way_down(const WrittenNetwork& network, const LayerReport& report, Size i,
                    const std::vector<double>& gamma) {
    check_coefficient(network, report, i, gamma);
    return falls_as_predicted(network, report, i, gamma);
}

// The shares sum to 1 without rounding.
std::vector<double> exact_gamma(Random& random, Size positive, Size negative, Size zero) {
    std::vector<double> gamma = random_gamma(random, positive, negative, zero);
    std::size_t largest = 0;
    double rest = 1.0;
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        gamma[j] = std::ldexp(std::round(std::ldexp(gamma[j], 30)), -30);
        if (std::abs(gamma[j]) > std::abs(gamma[largest])) largest = j;
    }
    for (std::size_t j = 0; j < gamma.size(); ++j) rest -= j == largest ? 0.0 : gamma[j];
    gamma[largest] = rest;
    return gamma;
}

void check_splits(const WrittenNetwork& network, bool exact_zeros, bool all_known, Random& random,
                  Counts& counts) {
    BruteInertia narrow = brute_inertia(network, network.theta, network.m);
    if (narrow.clear && narrow.zero > 0) narrow = precise_inertia(network, network.theta, network.m);
    if (!narrow.clear) {
        ++counts.skipped;
        return;
    }
    NarrowPoint known;
    known.index = narrow.bounds();
    known.verdict = narrow.negative > 0 ? Verdict::saddle
                    : narrow.zero == 0  ? Verdict::local_minimum
                                        : Verdict::undetermined;
    known.definite = known.verdict == Verdict::local_minimum;
    const LayerReport report = inspected(network, known, exact_zeros);
    REQUIRE(report.stationary);
    static const Size kShapes[][3] = {{2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {3, 0, 0},
                                      {1, 2, 0}, {2, 1, 0}, {1, 1, 1}};
    for (Size i = 0; i < network.m; ++i) {
        for (const auto& shape : kShapes) {
            const std::vector<double> gamma = exact_gamma(random, shape[0], shape[1], shape[2]);
            const LayerSplit split = classify_layer_split(report, i, gamma);
            REQUIRE(split.index);
            const Size width = network.m + static_cast<Size>(gamma.size()) - 1;
            BruteInertia wide = brute_inertia(network, network.split(i, gamma), width);
            const IndexBounds& index = *split.index;
            if (wide.clear &&
                !(index.morse_index.least <= wide.negative && wide.negative <= index.morse_index.most &&
                  index.nullity.least <= wide.zero && wide.zero <= index.nullity.most)) {
                wide = precise_inertia(network, network.split(i, gamma), width);
                ++counts.precise;
            }
            if (!wide.clear) {
                ++counts.skipped;
                continue;
            }
            INFO("neuron " << i << ", p q zeta " << shape[0] << shape[1] << shape[2] << ", narrow "
                           << narrow.negative << "- " << narrow.zero << "0, wide " << wide.negative << "- "
                           << wide.zero << "0, added " << split.added.morse_index.least << ".."
                           << split.added.morse_index.most << ", " << split.added.nullity.least << ".."
                           << split.added.nullity.most);
            ++counts.splits;
            CHECK(split.index->morse_index.least <= wide.negative);
            CHECK(split.index->morse_index.most >= wide.negative);
            CHECK(split.index->nullity.least <= wide.zero);
            CHECK(split.index->nullity.most >= wide.zero);
            if (!split.index->known()) ++counts.unknown;
            if (all_known) CHECK(split.index->known());
            switch (split.verdict) {
                case Verdict::saddle:
                    ++counts.saddles;
                    CHECK((wide.negative > 0 || shape[2] > 0));
                    if (known.verdict != Verdict::saddle && !check_way_down(network, report, i, gamma))
                        ++counts.hidden;
                    break;
                case Verdict::local_minimum:
                    ++counts.minima;
                    CHECK(wide.negative == 0);
                    CHECK(shape[2] == 0);
                    break;
                default:
                    ++counts.open;
            }
        }
    }
}

// K = 1: the scalar theory; above, with Psi_i = 0 for the first `flat` neurons. One of two residuals makes
// the narrow point a saddle.
void campaign(int cases, std::uint64_t seed, Counts& counts) {
    static const ActivationKind kKinds[] = {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::silu,
                                            ActivationKind::softplus};
    for (int number = 0; number < cases; ++number) {
        Random random(seed, static_cast<std::uint64_t>(number));
        const Size outputs = 1 + number % 3, m = 1 + number % 2, first = 1 + (number / 2) % 2;
        const Size flat = number % 2;
        const Size parameters = first * 2 + m * (first + outputs) + flat * first * outputs;
        WrittenNetwork network =
            three_layers(random, 2, first, m, outputs, parameters / outputs + 6, kKinds[number % 4]);
        INFO("case " << number << ", K = " << outputs);
        if (!network.plant(random, number % 5 == 4 ? 3.0L : 0.02L, flat)) {
            ++counts.skipped;
            continue;
        }
        check_splits(network, flat > 0, true, random, counts);
    }
}

}  // namespace

TEST_CASE(
    "splits in the second layer of a three-layer network have the index and nullity of the whole Hessian") {
    Counts counts;
    campaign(24, 100, counts);
    CHECK(counts.splits > 200);
    CHECK(counts.hidden == 0);
    CHECK(counts.minima > 8);
    CHECK(counts.saddles > 100);
    CHECK(counts.skipped < counts.splits / 10);
}

TEST_CASE("thousands of splits in three-layer networks", "[.nightly]") {
    Counts counts;
    campaign(600, 5000, counts);
    CHECK(counts.splits > 4000);
    CHECK(counts.precise < counts.splits / 100);
    CHECK(counts.hidden < counts.saddles / 100);
    CHECK(counts.skipped < counts.splits / 10);
}

TEST_CASE(
    "splits in a transformer's block, tokens averaged, with as many and with fewer classes than channels") {
    Counts counts;
    for (const Size classes : {3, 2}) {
        for (std::uint64_t seed = 0; seed < 2; ++seed) {
            Random random(40 + seed, static_cast<std::uint64_t>(classes));
            const Size m = 1, d = 3, parameters = 2 * m * d + d * d + classes * d;
            WrittenNetwork network = transformer_block(random, d, m, classes, parameters / classes + 3, 2);
            REQUIRE(network.plant(random, seed == 1 ? 1.0L : 0.02L, 0));
            // What the head does not read is known to be idle.
            const LayerReport report = inspected(network, {}, false);
            CHECK(report.idle_outputs == d - std::min(classes, d));
            check_splits(network, false, true, random, counts);
        }
    }
    CHECK(counts.splits > 20);
    CHECK(counts.saddles == counts.splits);
}

TEST_CASE(
    "slopes that may be zero leave minima open, and a saddle needs no slopes where H_i has both signs") {
    Random random(7, 1);
    WrittenNetwork network = three_layers(random, 2, 2, 1, 2, 20, ActivationKind::tanh);
    REQUIRE(network.plant(random, 0.02L, 1));
    NarrowPoint minimum{Verdict::local_minimum, true, std::nullopt};
    const LayerReport open = inspected(network, minimum, false);
    const LayerNeuron& one = open.neurons.front();
    CHECK(one.shape.slopes.rank.least == 0);
    CHECK(one.shape.slopes.rank.most == 1);  // K - 1: along a_i it is zero by stationarity
    CHECK(one.plateau.minima == GammaRegion::none);
    if (one.definiteness == Definiteness::indefinite)
        CHECK(one.plateau.type == PlateauType::all_saddles);
    else
        CHECK(one.plateau.rule == Rule::open_output_slopes);
    // A narrow minimum that is not definite does not do where Psi_i may grow beside it.
    minimum.definite = false;
    const LayerReport weak = inspected(network, minimum, true);
    if (one.definiteness != Definiteness::indefinite)
        CHECK(weak.neurons.front().plateau.rule == Rule::degenerate_narrow_minimum);
}

TEST_CASE("a layer that is not at a stationary point is not judged, and inputs must fit") {
    Random random(8, 1);
    WrittenNetwork network = three_layers(random, 2, 2, 2, 2, 20, ActivationKind::tanh);
    REQUIRE(network.plant(random, 0.1L, 0));
    network.targets[3] += 0.5L;
    const LayerReport report = inspected(network, {}, false);
    CHECK_FALSE(report.stationary);
    CHECK(report.neurons.empty());
    CHECK_THROWS_AS(classify_layer_split(report, 0, std::vector<double>{0.5, 0.5}), Error);
    const SeenLayer seen(network);
    const Dataset data = seen.data();
    const Network other(Activation(ActivationKind::tanh), Layout{2, 3, 2});
    CHECK_THROWS_AS(inspect_layer({data, other}, nullptr, {}, Tolerances{}, false, Execution{1}), Error);
}

TEST_CASE("inputs of lower rank: directions that no sample sees count as null") {
    Random random(9, 1);
    WrittenNetwork network = three_layers(random, 2, 3, 2, 2, 30, ActivationKind::gelu);
    // Two units of the first layer do the same: the second layer sees rank 2 of 3.
    for (Size j = 0; j < 2; ++j) network.theta[2 * 2 + j] = network.theta[j];
    REQUIRE(network.plant(random, 0.02L, 0));
    const LayerReport report = inspected(network, {}, false);
    CHECK(report.rank == 2);
    const BruteInertia narrow = brute_inertia(network, network.theta, network.m);
    const std::vector<double> gamma{0.3, 0.7};
    const LayerSplit split = classify_layer_split(report, 0, gamma);
    const BruteInertia wide = brute_inertia(network, network.split(0, gamma), network.m + 1);
    CHECK(split.added.known());
    CHECK(split.added.morse_index.least == wide.negative - narrow.negative);
    CHECK(split.added.nullity.least == wide.zero - narrow.zero);
    CHECK(split.verdict == Verdict::saddle);
    CHECK(check_way_down(network, report, 0, gamma));
}

TEST_CASE("what differs at another point that may be the stationary one is not known to be non-zero") {
    Random random(10, 1);
    WrittenNetwork network = three_layers(random, 2, 2, 1, 2, 20, ActivationKind::tanh);
    REQUIRE(network.plant(random, 0.02L, 0));
    const SeenLayer seen(network);
    const Dataset data = seen.data();
    SeenLayer nearer = seen;
    const LayerPoint here{data, seen.layer};
    const LayerReport alone = inspect_layer(here, nullptr, {}, Tolerances{}, false, Execution{1});
    REQUIRE(alone.neurons.front().shape.slopes.rank.least == 1);
    for (double& value : nearer.g) value *= -1.0;
    const Dataset opposite = nearer.data();
    const LayerPoint other{opposite, nearer.layer};
    const LayerReport both = inspect_layer(here, &other, {}, Tolerances{}, false, Execution{1});
    CHECK(both.neurons.front().shape.slopes.rank.least == 0);
    CHECK(both.neurons.front().plateau.rule == Rule::open_output_slopes);
}
