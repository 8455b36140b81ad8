// Points of selu, whose slope jumps at 0: judged as those of smooth activations where no z is 0, left
// undetermined where one is (MATH.md section 2).
#include "classification/any_network/any_network.hpp"
#include "classification/critical_set/critical_set.hpp"
#include "classification/point/analysis.hpp"
#include "classification/split_cases.hpp"
#include "network/derivatives/kinks.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

test::Planted planted_selu(std::vector<Definiteness> wanted, std::uint64_t seed, bool saddle = false) {
    test::PlantedOptions options;
    options.activation = Activation(ActivationKind::selu);
    options.features = 2;
    options.wanted = std::move(wanted);
    options.saddle = saddle;
    options.seed = seed;
    std::optional<test::Planted> found = test::plant(options);
    REQUIRE(found);
    return *found;
}

// The point with one more sample that it fits, of weight `weight`.
test::Planted with_sample(test::Planted point, const std::vector<double>& x, double weight) {
    point.weights.resize(static_cast<std::size_t>(point.samples), 1.0);
    point.x.insert(point.x.end(), x.begin(), x.end());
    point.weights.push_back(weight);
    point.targets.push_back(0.0);
    ++point.samples;
    std::vector<double> f(static_cast<std::size_t>(point.samples));
    const Dataset data = point.dataset();
    outputs(data, point.network, f.data(), nullptr, kSerial);
    point.targets.back() = f.back();
    return point;
}

// Orthogonal to the weights of the first neuron.
std::vector<double> on_the_kink(const Network& network) {
    return {network.weights(0)[1], -network.weights(0)[0]};
}

void check_undetermined(const Dataset& data, const Network& network) {
    const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    CHECK(analysis.point.verdict == Verdict::undetermined);
    CHECK(analysis.point.rule == Rule::kink);
    CHECK(!index_is_known(analysis.point));
    REQUIRE(analysis.neurons.size() == static_cast<std::size_t>(network.width));
    for (const NeuronReport& neuron : analysis.neurons) {
        CHECK(neuron.plateau == PlateauType::undetermined);
        CHECK(neuron.rule == Rule::kink);
        CHECK(neuron.minima == GammaRegion::none);
        CHECK(neuron.saddles == GammaRegion::none);
    }
    for (const std::vector<double>& gamma : {std::vector<double>{0.5, 0.5}, {2.0, -1.0}, {1.0, 0.0}}) {
        const SplitReport split = classify_split(data, analysis, 0, gamma, kSerial);
        CHECK(split.verdict == Verdict::undetermined);
        CHECK(split.rule == Rule::kink);
    }
    const NetworkReport report =
        classify_network(data, network, Tolerances{}, ReductionTolerances{}, kSerial);
    CHECK(report.verdict == Verdict::undetermined);
    CHECK(report.rule == Rule::kink);
    CHECK(report.index.morse_index.least == 0);
    CHECK(report.index.morse_index.most == network.parameter_count());
}

}  // namespace

TEST_CASE("away from the kink points of selu have the verdicts of smooth ones, as brute force has") {
    using enum Definiteness;
    AnalysisOptions exact;
    exact.exact_zeros = true;
    Random random(5, 0);
    int minima = 0, saddles = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const bool saddle = seed % 5 == 0;
        const test::Planted point =
            planted_selu({seed % 2 == 0 && !saddle ? positive_definite : indefinite}, seed, saddle);
        const Dataset data = point.dataset();
        const Analysis analysis = analyze(data, point.network, Tolerances{}, kSerial, exact);
        CAPTURE(seed);
        REQUIRE(analysis.point.verdict == (saddle ? Verdict::saddle : Verdict::local_minimum));
        for (const auto& [positive, negative] : {std::pair{2, 0}, {1, 1}, {1, 2}}) {
            const std::vector<double> gamma = test::random_gamma(random, positive, negative, 0);
            const SplitReport split = classify_split(data, analysis, 0, gamma, kSerial);
            const test::BruteForce truth = test::brute_force(data, split_neuron(point.network, 0, gamma));
            if (!truth.clear) continue;
            REQUIRE(split.verdict == (truth.negative > 0 ? Verdict::saddle : Verdict::local_minimum));
            ++(truth.negative > 0 ? saddles : minima);
        }
    }
    CHECK(minima >= 5);
    CHECK(saddles >= 30);
}

TEST_CASE("one preactivation at the kink leaves everything undetermined") {
    const test::Planted point = planted_selu({Definiteness::positive_definite}, 3);
    REQUIRE(analyze(point.dataset(), point.network, Tolerances{}, kSerial).point.verdict ==
            Verdict::local_minimum);
    const test::Planted at = with_sample(point, on_the_kink(point.network), 1.0);
    check_undetermined(at.dataset(), at.network);
    // Rounding moves it off by no more than this.
    std::vector<double> beside = on_the_kink(point.network);
    beside[0] *= 1.0 + 0x1p-52;
    const test::Planted near = with_sample(point, beside, 1.0);
    check_undetermined(near.dataset(), near.network);
    // Not a stationary point: a kink may make one of it all the same.
    test::Planted moved = at;
    moved.targets.front() += 1.0;
    check_undetermined(moved.dataset(), moved.network);
}

TEST_CASE("what does not move with the weights or does not count is no kink") {
    const test::Planted point = planted_selu({Definiteness::positive_definite}, 3);
    for (const test::Planted& other :
         {with_sample(point, on_the_kink(point.network), 0.0), with_sample(point, {0.0, 0.0}, 1.0)}) {
        const Dataset data = other.dataset();
        CHECK(analyze(data, other.network, Tolerances{}, kSerial).point.verdict == Verdict::local_minimum);
        CHECK(classify_network(data, other.network, Tolerances{}, ReductionTolerances{}, kSerial).verdict ==
              Verdict::local_minimum);
    }
}

TEST_CASE("a kink within reach of the stationary point is one") {
    const test::Planted point = planted_selu({Definiteness::positive_definite}, 3);
    std::vector<double> near = on_the_kink(point.network);
    near[0] *= 1.0 + 1e-9;
    const test::Planted beside = with_sample(point, near, 1.0);
    const Dataset data = beside.dataset();
    CHECK(!at_kink(data, beside.network, {}, kSerial));
    CHECK(analyze(data, beside.network, Tolerances{}, kSerial).point.verdict == Verdict::local_minimum);
    Network moved = beside.network;
    for (Size j = 0; j < 2; ++j) moved.weights(0)[j] += 1e-8 * (j == 0 ? 1.0 : -0.5);
    Tolerances loose;
    loose.stationarity = 1e-3;
    const Analysis analysis = analyze(data, moved, loose, kSerial);
    CHECK(!at_kink(data, moved, {}, kSerial));
    CHECK(analysis.point.verdict == Verdict::undetermined);
    CHECK(analysis.point.rule == Rule::kink);
}

TEST_CASE("a neuron at zero weights is at the kink on every sample") {
    const test::Planted point = planted_selu({Definiteness::positive_definite}, 4);
    Network wide(point.network.activation, 2, 2);
    for (Size j = 0; j < 2; ++j) wide.weights(0)[j] = point.network.weights(0)[j];
    wide.output(0) = point.network.output(0);
    check_undetermined(point.dataset(), wide);
}

TEST_CASE("zero loss is a global minimum at a kink, too") {
    test::Planted point = with_sample(planted_selu({Definiteness::positive_definite}, 6), {1.0, 1.0}, 1.0);
    point = with_sample(point, on_the_kink(point.network), 1.0);
    std::vector<double> f(point.targets.size());
    outputs(point.dataset(), point.network, f.data(), nullptr, kSerial);
    point.targets = f;
    const Dataset data = point.dataset();
    const Analysis analysis = analyze(data, point.network, Tolerances{}, kSerial);
    CHECK(analysis.point.verdict == Verdict::local_minimum);
    CHECK(analysis.point.rule == Rule::zero_loss);
}

TEST_CASE("critical sets of selu are refused with the reason") {
    const test::Planted point = planted_selu({Definiteness::positive_definite}, 3);
    const Dataset data = point.dataset();
    try {
        (void)map_critical_set(data, point.network, 2, {}, {}, {}, kSerial);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.status() == Status::unsupported);
        CHECK(std::string(error.what()).find("selu has a kink at 0") != std::string::npos);
    }
}
