// Several outputs: against one output, against plain perturbations, and where an escape neuron proves
// nothing.
#include <cmath>

#include "classification/directional/several_outputs.hpp"
#include "planted_kinks.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

OutputsReport judge(const std::vector<PlantedKinks>& planted) {
    const JoinedOutputs joined(planted, false);
    return classify_kinked_model(joined.dataset(), joined.network, Tolerances{}, DirectionalOptions{},
                                 Execution{1});
}

long double change(const std::vector<PlantedKinks>& outputs, const std::vector<long double>& dw,
                   const std::vector<std::vector<long double>>& da) {
    long double sum = 0;
    for (std::size_t j = 0; j < outputs.size(); ++j) {
        std::vector<long double> step(dw);
        step.insert(step.end(), da[j].begin(), da[j].end());
        sum += exact_change(outputs[j], step);
    }
    return sum;
}

std::optional<PlantedKinks> draw(std::uint64_t seed, std::vector<Plant> plants, Size kinks) {
    PlantedKinksOptions options;
    options.activation = seed % 2 == 0 ? Activation(ActivationKind::relu) : Activation(ActivationKind::abs);
    options.plants = std::move(plants);
    options.kinks_per_neuron = kinks;
    options.seed = seed;
    return plant_kinks(options);
}

}  // namespace

TEST_CASE("one output is what it was", "[directional]") {
    int seen = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const std::vector<std::vector<Plant>> kinds{{Plant::minimum, Plant::minimum},
                                                    {Plant::minimum, Plant::escape},
                                                    {Plant::steep, Plant::minimum},
                                                    {Plant::silent, Plant::minimum}};
        const std::optional<PlantedKinks> planted = draw(seed, kinds[seed % 4], 1 + seed % 2);
        if (!planted) continue;
        ++seen;
        const Dataset data = planted->dataset();
        const DirectionalReport one =
            classify_directional(data, planted->network, Tolerances{}, DirectionalOptions{}, Execution{1});
        CHECK(judge({*planted}).verdict == one.verdict);
    }
    CHECK(seen > 50);
}

TEST_CASE("no escape neuron: a local minimum that resists", "[directional]") {
    Random random(31, 0);
    int minima = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const std::optional<PlantedKinks> planted = draw(seed, {Plant::minimum, Plant::minimum}, seed % 3);
        if (!planted) continue;
        const std::vector<PlantedKinks> outputs = outputs_of(*planted, {1.0, 0.5}, {1.0, -0.3});
        const OutputsReport report = judge(outputs);
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK(report.rule == OutputsRule::no_escape_neuron);
        ++minima;
        const Size m = planted->network.width, d = planted->inputs;
        for (int t = 0; t < 100; ++t) {
            const long double size = std::pow(10.0L, -5.0L - 3.0L * random.uniform());
            std::vector<long double> dw;
            for (Size l = 0; l < m * d; ++l) dw.push_back(size * random.normal());
            std::vector<std::vector<long double>> da(2);
            for (auto& one : da)
                for (Size i = 0; i < m; ++i) one.push_back(size * random.normal());
            CHECK(change(outputs, dw, da) >= -1e-14L * size);
        }
    }
    CHECK(minima > 50);
}

TEST_CASE("opposed outputs make escape neurons", "[directional]") {
    int saddles = 0, open = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const std::optional<PlantedKinks> planted = draw(seed, {Plant::minimum}, 1);
        if (!planted) continue;
        // S = 0 while D is not: with small output weights the loss falls, with large ones that is not shown.
        const double scale = seed % 2 == 0 ? 1e-3 : 1e3;
        const std::vector<PlantedKinks> outputs = outputs_of(*planted, {scale, scale}, {1.0, -1.0});
        const OutputsReport report = judge(outputs);
        INFO("seed " << seed);
        REQUIRE(report.neurons[0].escape == Answer::yes);
        saddles += report.verdict == Verdict::saddle;
        open += report.verdict == Verdict::undetermined;
        if (report.verdict != Verdict::saddle) {
            CHECK(report.rule == OutputsRule::escape_open);
            continue;
        }
        const OutputsNeuron& neuron = report.neurons[0];
        const long double epsilon = 1e-6L;
        std::vector<long double> dw;
        for (const double v : neuron.direction) dw.push_back(epsilon * v);
        std::vector<std::vector<long double>> da;
        for (const double b : neuron.outputs) da.push_back({epsilon * b});
        const long double measured = change(outputs, dw, da);
        CHECK(measured < 0.0L);
        CHECK(static_cast<double>(measured / (epsilon * epsilon)) == Approx(neuron.curvature).epsilon(1e-2));
    }
    CHECK(saddles > 20);
    CHECK(open > 20);
}

TEST_CASE("neurons without output weights escape with several outputs too", "[directional]") {
    int saddles = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const std::optional<PlantedKinks> planted = draw(seed, {Plant::minimum, Plant::escape}, 1);
        if (!planted) continue;
        const OutputsReport report = judge(outputs_of(*planted, {1.0, 0.5}, {1.0, 0.25}));
        CHECK(report.verdict == Verdict::saddle);
        CHECK(report.deciding_neuron == 1);
        CHECK(report.neurons[1].curvature < 0.0);
        ++saddles;
    }
    CHECK(saddles > 20);
}
