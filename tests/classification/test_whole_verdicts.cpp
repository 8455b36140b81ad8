// Special points of whole networks: nothing but null neurons, idle neurons, several splits at once, real
// data.
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/split_cases.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"
#include "support/table.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

// The planted zeros are exact up to the rounding of the targets.
NetworkReport classify(const Dataset& data, const Network& network, const Execution& execution = kSerial) {
    AnalysisOptions options;
    options.exact_zeros = true;
    return classify_network(data, network, Tolerances{}, ReductionTolerances{}, execution, options);
}

void check_counts(const Dataset& data, const NetworkReport& report) {
    const test::BruteForce brute = test::brute_force(data, report.network);
    CAPTURE(brute.negative, brute.zero, brute.positive);
    REQUIRE(brute.clear);
    REQUIRE(report.index.known());
    CHECK(report.index.morse_index.least == brute.negative);
    CHECK(report.index.nullity.least == brute.zero);
}

void check_descent(const NetworkReport& report) {
    REQUIRE(report.witness.has_value());
    CHECK(report.witness->descends());
    CHECK(report.witness->base.parameters == report.network.parameters);
}

test::Table normal_table(Size samples, Size features, std::uint64_t seed) {
    test::Table table;
    table.samples = samples;
    table.features = features;
    Random random(seed, 0);
    for (Size e = 0; e < samples * features; ++e) table.x.push_back(random.normal());
    for (Size k = 0; k < samples; ++k) table.targets.push_back(random.normal());
    return table;
}

}  // namespace

TEST_CASE("the network of zeros: every neuron is null, and a way down") {
    const test::Table table = normal_table(30, 3, 4);
    const Dataset data = table.dataset(false);
    for (const Size width : {1, 4}) {
        const NetworkReport report = classify(data, Network(Activation(ActivationKind::tanh), width, 3));
        CHECK(report.verdict == Verdict::saddle);
        CHECK(report.rule == Rule::null_neuron);
        CHECK(report.grouping.narrow.width == 0);
        CHECK_FALSE(report.narrow.has_value());
        CHECK(report.groups.size() == static_cast<std::size_t>(width));
        CHECK(report.index.morse_index.least == width);
        CHECK(report.index.nullity.least == 2 * width);
        check_counts(data, report);
        check_descent(report);
        CHECK(report.witness->order == 2);
    }
    // Nothing to fit: the network of zeros is a global minimum.
    test::Table still = table;
    std::fill(still.targets.begin(), still.targets.end(), 0.0);
    const Dataset none = still.dataset(false);
    const NetworkReport report = classify(none, Network(Activation(ActivationKind::tanh), 2, 3));
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.global);
    CHECK(report.rule == Rule::zero_loss);
    CHECK(report.index.morse_index.least == 0);
    CHECK(report.index.nullity.least == 8);
}

TEST_CASE("output weights that cancel where psi is flat to second order, by activation") {
    // sigma = gaussian is even: grad psi = 0 at w = 0, psi(0) = sum s r = 0 by the choice of targets.
    test::Table table = normal_table(40, 2, 9);
    double mean = 0.0;
    for (const double y : table.targets) mean += y / 40.0;
    for (double& y : table.targets) y -= mean;
    const Dataset data = table.dataset(false);
    Network network(Activation(ActivationKind::gaussian), 3, 2);
    network.output(0) = 1.5;
    network.output(1) = -0.5;
    network.output(2) = -1.0;
    const NetworkReport report = classify(data, network);
    CHECK(report.grouping.groups.size() == 1);
    CHECK(report.verdict == Verdict::saddle);
    CHECK(report.rule == Rule::cancelled_group);
    check_counts(data, report);
    check_descent(report);
    CHECK(report.witness->order == 2);
    CHECK(report.index.morse_index.least == report.groups[0].inertia.positive +
                                                report.groups[0].inertia.negative +
                                                report.groups[0].inertia.positive);
}

TEST_CASE("idle neurons with an output weight count as a parent with zero weights") {
    int seen = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        test::PlantedOptions options;
        options.wanted = {Definiteness::positive_definite};
        options.free = {{1, true}};
        options.feasible = 1e-14;
        options.seed = seed;
        const std::optional<test::Planted> planted = test::plant(options);
        if (!planted || !planted->full_rank) continue;
        ++seen;
        const Dataset data = planted->dataset();
        Network wide(planted->network.activation, 3, planted->network.inputs);
        std::copy_n(planted->network.weights(0), wide.inputs, wide.weights(1));
        wide.output(1) = planted->network.output(0);
        for (const double second : {0.4, -0.7}) {  // a parent, a cancelled group
            wide.output(0) = 0.7;
            wide.output(2) = second;
            const NetworkReport report = classify(data, wide);
            CAPTURE(seed, second, name_of(report.rule));
            CHECK(report.grouping.narrow.width == (second > 0.0 ? 2 : 1));
            CHECK(report.verdict != Verdict::local_minimum);
            CHECK(report.verdict != Verdict::not_stationary);
            check_counts(data, report);
            if (report.verdict == Verdict::saddle) CHECK(report.witness.has_value());
        }
    }
    CHECK(seen >= 6);
}

TEST_CASE("several splits at once: as the split network itself is classified") {
    int minima = 0, saddles = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        using enum Definiteness;
        static const Definiteness kKinds[] = {positive_definite, positive_definite, negative_definite,
                                              negative_definite, indefinite};
        Random random(seed, 5);
        test::PlantedOptions options;
        options.wanted = {kKinds[random.bits() % 5], kKinds[random.bits() % 5], kKinds[random.bits() % 5]};
        options.seed = seed;
        const std::optional<test::Planted> planted = test::plant(options);
        if (!planted || !planted->full_rank) continue;
        const Dataset data = planted->dataset();
        const Analysis analysis = analyze(data, planted->network, Tolerances{}, kSerial);
        if (analysis.point.verdict != Verdict::local_minimum) continue;
        std::vector<NeuronSplit> splits;
        for (Size i : {2, 0}) {
            const bool plus =
                random.uniform() < 0.3 || options.wanted[static_cast<std::size_t>(i)] != negative_definite;
            const Size daughters = 2 + static_cast<Size>(random.bits() % 2);
            splits.push_back({i, plus ? test::random_gamma(random, daughters, 0, 0)
                                      : test::random_gamma(random, 1, daughters - 1, 0)});
        }
        const SplitsReport report = classify_splits(data, analysis, splits, kSerial);
        Verdict expected = Verdict::local_minimum;
        for (std::size_t j = 0; j < splits.size(); ++j) {
            const SplitReport alone =
                classify_split(data, analysis, splits[j].neuron, splits[j].gamma, kSerial);
            CHECK(report.parts[j].verdict == alone.verdict);
            if (alone.verdict == Verdict::saddle) expected = Verdict::saddle;
        }
        CAPTURE(seed, name_of(report.whole.rule));
        REQUIRE(report.whole.verdict == expected);
        const Network wide = wide_network(group_splits(analysis.network, splits));
        const NetworkReport whole = classify(data, wide);
        CHECK(whole.verdict == report.whole.verdict);
        CHECK(whole.rule == report.whole.rule);
        if (report.whole.index.known() && whole.index.known()) {
            CHECK(report.whole.index.morse_index.least == whole.index.morse_index.least);
            CHECK(report.whole.index.nullity.least == whole.index.nullity.least);
            const test::BruteForce brute = test::brute_force(data, wide);
            if (brute.clear) CHECK(report.whole.index.morse_index.least == brute.negative);
        }
        if (expected == Verdict::saddle) {
            ++saddles;
            REQUIRE(report.whole.witness.has_value());
            CHECK(report.whole.witness->base.parameters == wide.parameters);
            CHECK(report.whole.witness->measured < 0.0);
        } else {
            ++minima;
            CHECK_FALSE(report.whole.witness.has_value());
            CHECK(report.whole.rule == (report.parts[0].rule == report.parts[1].rule
                                            ? report.parts[0].rule
                                            : Rule::every_group_minimum));
        }
    }
    CHECK(minima >= 5);
    CHECK(saddles >= 5);
}

TEST_CASE("bad splits are named") {
    test::PlantedOptions options;
    options.wanted = {Definiteness::positive_definite, Definiteness::positive_definite};
    const test::Planted planted = test::plant(options).value();
    const Dataset data = planted.dataset();
    const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial);
    const auto refused = [&](const std::vector<NeuronSplit>& splits) {
        try {
            classify_splits(data, analysis, splits, kSerial);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    CHECK(refused({}).find("no neuron") != std::string::npos);
    CHECK(refused({{2, {0.5, 0.5}}}).find("neuron 2") != std::string::npos);
    CHECK(refused({{1, {0.5, 0.5}}, {1, {0.5, 0.5}}}).find("twice") != std::string::npos);
    CHECK(refused({{0, {0.5, 0.6}}}).find("gamma sums") != std::string::npos);
}

TEST_CASE("a network that needs no reduction gets the verdict of its analysis") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        test::PlantedOptions options;
        options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
        options.saddle = seed % 2 == 0;
        options.seed = seed;
        const std::optional<test::Planted> planted = test::plant(options);
        if (!planted || !planted->full_rank) continue;
        const Dataset data = planted->dataset();
        const Analysis analysis = analyze(data, planted->network, Tolerances{}, kSerial);
        const NetworkReport report = classify(data, planted->network);
        CHECK(report.verdict == analysis.point.verdict);
        CHECK(report.rule == analysis.point.rule);
        CHECK(report.strict == analysis.point.strict);
        CHECK(report.loss == analysis.point.loss);
        CHECK(report.index.morse_index.least == analysis.point.hessian.inertia.negative);
        CHECK(report.witness.has_value() == analysis.point.witness.has_value());
    }
}

TEST_CASE("a point that is not stationary: its groups, no verdict") {
    const test::Table table = normal_table(20, 2, 3);
    Network network(Activation(ActivationKind::tanh), 3, 2);
    network.parameters = {1.0, 0.5, 1.0, 0.5, -1.0, -0.5, 0.3, 0.2, 0.0};
    const NetworkReport report = classify(table.dataset(false), network);
    CHECK(report.verdict == Verdict::not_stationary);
    CHECK(report.rule == Rule::gradient_test);
    CHECK(report.groups.empty());
    REQUIRE(report.grouping.groups.size() == 1);
    CHECK(report.grouping.groups[0].members == std::vector<Size>{0, 1, 2});
    CHECK(report.grouping.groups[0].signs == std::vector<int>{1, 1, -1});
}

TEST_CASE("digits: minima of small networks and their splits, on data of rank 62 of 65") {
    const test::Table table = test::standardised(test::read_table(TEPUI_TEST_DATA "/digits.csv"));
    const Dataset data = table.dataset(true);
    const ActivationKind kind = ActivationKind::tanh;
    const Size width = 1;
    SolveOptions options;
    options.starts = 3;
    const SolveResult solved = solve(data, Activation(kind), width, options, Execution{2});
    REQUIRE_FALSE(solved.points.empty());
    for (const DistinctPoint& found : solved.points) {
        const Network& network = found.network;
        // As given, every inner Hessian is singular, and so is the Hessian.
        const Analysis plain = analyze(data, network, Tolerances{}, Execution{2});
        REQUIRE(plain.point.verdict == Verdict::undetermined);
        for (const NeuronReport& neuron : plain.neurons) CHECK(neuron.inner.inertia.zero >= 3);

        const NetworkReport report = classify(data, network, Execution{2});
        CAPTURE(name_of(report.rule), report.index.morse_index.least, report.index.nullity.least);
        REQUIRE(report.space.rank == 62);
        REQUIRE(report.fitted);
        CHECK(report.fitted->samples() == std::vector<Size>{502});
        CHECK(report.data_nullity == 3 * width);
        REQUIRE(report.verdict == Verdict::local_minimum);
        CHECK(report.rule == Rule::hessian_positive_definite);
        CHECK_FALSE(report.strict);
        REQUIRE(report.index.known());
        CHECK(report.index.morse_index.least == 0);
        CHECK(report.index.nullity.least == report.data_nullity);
        for (Size i = 0; i < width; ++i) {
            for (const std::vector<double>& gamma : {std::vector<double>{0.25, 0.75}, {1.5, -0.5}}) {
                const NetworkReport wide = classify(data, split_neuron(network, i, gamma), Execution{2});
                const GammaSigns signs = check_gamma(gamma);
                const Inertia& inner = report.groups[static_cast<std::size_t>(i)].inertia;
                CAPTURE(i, gamma, name_of(wide.rule), inner.negative, inner.zero, inner.positive);
                // One pixel is set in one image alone: along the weight that only this image sees,
                // stationarity makes its residual zero. Without the image no inner Hessian is singular.
                CHECK(inner.zero == 0);
                CHECK(inner.negative + inner.positive == 61);
                REQUIRE(wide.index.known());
                CHECK(wide.index.morse_index.least ==
                      (signs.positive - 1) * inner.negative + signs.negative * inner.positive);
                CHECK(wide.index.nullity.least == 3 * (width + 1) + 1 + width);
                CHECK(wide.verdict ==
                      (wide.index.morse_index.least > 0 ? Verdict::saddle : Verdict::local_minimum));
                if (wide.verdict != Verdict::saddle) continue;
                check_descent(wide);
                CHECK(wide.witness->base.inputs == 65);
            }
        }
    }
}

TEST_CASE("the whole verdict does not depend on the number of threads") {
    test::PlantedOptions options;
    options.features = 3;
    options.wanted = {Definiteness::positive_definite, Definiteness::negative_definite};
    options.extra_samples = 1500;
    options.seed = 31;
    const test::Planted planted = test::plant(options).value();
    const Dataset data = planted.dataset();
    const Network wide = split_neuron(planted.network, 0, std::vector<double>{2.0, -1.0});
    const NetworkReport one = classify(data, wide, Execution{1});
    REQUIRE(one.witness.has_value());
    for (const int threads : {2, 5}) {
        const NetworkReport many = classify(data, wide, Execution{threads});
        CHECK(many.verdict == one.verdict);
        CHECK(many.index.morse_index.least == one.index.morse_index.least);
        CHECK(many.witness->point == one.witness->point);
        CHECK(many.witness->measured == one.witness->measured);
    }
}
