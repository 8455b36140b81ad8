// What a verdict costs: how often the network is evaluated, and that ways down are found only when asked for
// and change no verdict.
#include <atomic>
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/critical_set/critical_set.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;
using test::plant;
using test::Planted;
using test::PlantedOptions;

namespace {

const Execution kSerial{1};

std::atomic<Size> evaluated{0};

int counted_tanh(void*, Size count, const double* z, double* value, double* first, double* second,
                 double* third) {
    evaluated += count;
    for (Size k = 0; k < count; ++k) {
        const double u = std::tanh(z[k]), slope = 1.0 - u * u;
        if (value != nullptr) value[k] = u;
        if (first != nullptr) first[k] = slope;
        if (second != nullptr) second[k] = -2.0 * u * slope;
        if (third != nullptr) third[k] = slope * (6.0 * u * u - 2.0);
    }
    return 0;
}

Network counted(const Network& network) {
    ActivationTraits traits;
    traits.smoothness = Smoothness::c3;
    Network result(Activation(counted_tanh, nullptr, traits), network.width, network.inputs);
    result.parameters = network.parameters;
    return result;
}

template <class Work>
Size evaluations(Work&& work) {
    evaluated = 0;
    work();
    return evaluated;
}

AnalysisOptions with(WaysDown ways_down) {
    AnalysisOptions options;
    options.ways_down = ways_down;
    return options;
}

Planted planted(std::vector<Definiteness> wanted) {
    PlantedOptions options;
    options.wanted = std::move(wanted);
    options.seed = 12;
    return plant(options).value();
}

void check_same(const Analysis& a, const Analysis& b) {
    CHECK(a.point.verdict == b.point.verdict);
    CHECK(a.point.rule == b.point.rule);
    CHECK(a.point.strict == b.point.strict);
    REQUIRE(a.neurons.size() == b.neurons.size());
    for (std::size_t i = 0; i < a.neurons.size(); ++i) {
        CHECK(a.neurons[i].plateau == b.neurons[i].plateau);
        CHECK(a.neurons[i].rule == b.neurons[i].rule);
        CHECK(a.neurons[i].minima == b.neurons[i].minima);
        CHECK(a.neurons[i].saddles == b.neurons[i].saddles);
    }
}

}  // namespace

TEST_CASE("an analysis evaluates the network twice at its point and twice at the corrected one") {
    const Planted point = planted({Definiteness::positive_definite, Definiteness::negative_definite});
    const Dataset data = point.dataset();
    const Network network = counted(point.network);
    const Size once = evaluations([&] { (void)gradient(data, network, kSerial); });
    REQUIRE(once >= data.samples() * network.width);
    std::optional<Analysis> analysis;
    // The Hessian with loss, gradient and residuals, then the inner Hessians.
    CHECK(evaluations([&] {
              analysis = analyze(data, network, Tolerances{}, kSerial, with(WaysDown::needed));
          }) == 4 * once);
    REQUIRE(analysis->point.verdict == Verdict::local_minimum);
    // The gradient comes first: most points are not stationary, and none of these is worth a Hessian.
    CHECK(evaluations([&] {
              (void)classify_network(data, network, Tolerances{}, ReductionTolerances{}, kSerial,
                                     with(WaysDown::needed));
          }) == 5 * once);
    Network moved = network;
    moved.parameters[0] += 0.1;
    CHECK(evaluations([&] {
              (void)classify_network(data, moved, Tolerances{}, ReductionTolerances{}, kSerial);
          }) == once);
    const double gamma[] = {2.0, -1.0};
    CHECK(evaluations([&] { (void)classify_split(data, *analysis, 0, gamma, kSerial, WaysDown::needed); }) ==
          0);
}

TEST_CASE("ways down change no verdict, and are not there when nobody asks") {
    const std::vector<std::vector<Definiteness>> kinds = {
        {Definiteness::positive_definite, Definiteness::negative_definite},
        {Definiteness::indefinite},
        {Definiteness::positive_semidefinite},
        {Definiteness::zero}};
    int seen = 0;
    for (const bool saddle : {false, true}) {
        for (const std::vector<Definiteness>& kind : kinds) {
            PlantedOptions options;
            options.wanted = kind;
            options.saddle = saddle;
            const std::optional<Planted> found = plant(options);
            if (!found) continue;  // there is no saddle of every kind
            ++seen;
            const Planted& point = *found;
            const Dataset data = point.dataset();
            const Analysis all = analyze(data, point.network, Tolerances{}, kSerial, with(WaysDown::all));
            const Analysis needed =
                analyze(data, point.network, Tolerances{}, kSerial, with(WaysDown::needed));
            check_same(all, needed);
            CHECK_FALSE(needed.point.witness);
            for (const NeuronReport& neuron : needed.neurons) {
                const bool hangs_on_it =
                    neuron.rule == Rule::third_order || neuron.rule == Rule::fourth_order;
                CHECK((hangs_on_it || !neuron.escape));
            }
            const std::vector<std::vector<double>> gammas = {
                {0.5, 0.5}, {2.0, -1.0}, {1.0, 0.0}, {0.2, 0.3, 0.5}, {0.75, 0.75, -0.5}};
            std::vector<NeuronSplit> splits;
            for (const std::vector<double>& gamma : gammas) splits.push_back({0, gamma});
            const std::vector<SplitReport> together =
                classify_each_split(data, all, splits, kSerial, WaysDown::all);
            // Also where the analysis has no ways down itself.
            const std::vector<SplitReport> later =
                classify_each_split(data, needed, splits, kSerial, WaysDown::all);
            const std::vector<SplitReport> none =
                classify_each_split(data, needed, splits, kSerial, WaysDown::needed);
            for (std::size_t q = 0; q < splits.size(); ++q) {
                CAPTURE(saddle, static_cast<int>(kind.front()), q);
                const SplitReport alone = classify_split(data, all, 0, gammas[q], kSerial);
                for (const SplitReport* report : {&together[q], &later[q], &none[q]}) {
                    CHECK(report->verdict == alone.verdict);
                    CHECK(report->rule == alone.rule);
                    CHECK(report->index.morse_index.least == alone.index.morse_index.least);
                }
                for (const SplitReport* report : {&together[q], &later[q]}) {
                    REQUIRE(report->witness.has_value() == alone.witness.has_value());
                    if (!alone.witness) continue;
                    CHECK(report->witness->epsilon == alone.witness->epsilon);
                    CHECK(report->witness->measured == alone.witness->measured);
                    CHECK(report->witness->measured_error == alone.witness->measured_error);
                }
            }
        }
    }
    CHECK(seen >= 5);
}

TEST_CASE("many ways down take as many passes over the data as one") {
    const Planted point = planted({Definiteness::positive_definite});
    const Dataset data = point.dataset();
    int reads = 0;
    StreamedSource source{data.samples(), data.inputs(), true, {}};
    source.read = [&](Size first, Size count, double* x, double* targets, double* weights) {
        ++reads;
        data.rows(first, count, x);
        for (Size k = 0; k < count; ++k) {
            if (targets != nullptr) targets[k] = data.target(first + k);
            if (weights != nullptr) weights[k] = data.weight(first + k);
        }
    };
    const Dataset streamed(std::move(source), false, LossScaling::sum);
    const Analysis analysis = analyze(streamed, point.network, Tolerances{}, kSerial, with(WaysDown::needed));
    std::vector<NeuronSplit> splits;
    for (int q = 0; q < 40; ++q) splits.push_back({0, {1.1 + 0.1 * q, -0.1 - 0.1 * q}});
    const auto passes = [&](std::size_t count) {
        reads = 0;
        for (const SplitReport& report :
             classify_each_split(streamed, analysis, {splits.data(), count}, kSerial, WaysDown::all))
            CHECK(report.witness->descends());
        return reads;
    };
    const int one = passes(1);
    REQUIRE(one >= 3);
    // Some of the many need smaller steps than the one.
    CHECK(passes(splits.size()) <= one + 1);
}

TEST_CASE("points of a critical set where psi vanishes at w = 0 alone are stationary") {
    for (const ActivationKind kind : {ActivationKind::silu, ActivationKind::gelu}) {
        PlantedOptions options;
        options.activation = Activation(kind);
        options.features = 1;
        options.wanted = {Definiteness::positive_definite};
        const std::optional<Planted> point = plant(options);
        if (!point) continue;
        const Dataset data = point->dataset();
        CriticalSetOptions how;
        how.samples = 40;
        how.steps = 4;
        const CriticalSet set =
            map_critical_set(data, point->network, 2, Tolerances{}, ReductionTolerances{}, how, kSerial);
        for (const MappedBranch& branch : set.branches) {
            for (const BranchSample& sample : branch.samples) {
                CHECK(sample.report.verdict != Verdict::not_stationary);
                CHECK(sample.report.gradient_relative <= 1e-8);
            }
        }
    }
}

TEST_CASE("no more points of a critical set than can ever be drawn") {
    const Planted point = planted({Definiteness::positive_definite});
    CriticalSetOptions how;
    for (const Size samples : {kMostSamples, Size{INT64_MAX}}) {
        how.samples = samples;
        CHECK_THROWS_AS(map_critical_set(point.dataset(), point.network, 3, Tolerances{},
                                         ReductionTolerances{}, how, kSerial),
                        Error);
    }
}
