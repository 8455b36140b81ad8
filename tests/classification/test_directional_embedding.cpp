// Widened networks: the rules against the verdict on the wide network itself.
#include <cmath>

#include "classification/directional/embedding.hpp"
#include "planted_kinks.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

DirectionalReport judge(const Dataset& data, const Network& network) {
    return classify_directional(data, network, Tolerances{}, DirectionalOptions{}, Execution{1});
}

// Rule and verdict must be those of the wide network, and its way down must be one.
void check_wide(const Dataset& data, const EmbeddingReport& report) {
    const DirectionalReport wide = judge(data, report.network);
    CHECK(report.verdict == wide.verdict);
    CHECK(report.witness.has_value() == (report.verdict != Verdict::local_minimum));
    if (report.witness) {
        CHECK(report.witness->descends());
        CHECK(report.witness->base.parameters == report.network.parameters);
    }
}

std::vector<Activation> relu_like() {
    return {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
            Activation(ActivationKind::abs)};
}

}  // namespace

TEST_CASE("replicated neurons get the verdict of the wide network", "[directional]") {
    Random random(21, 0);
    int kept = 0, boundary = 0, opposed = 0, free = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        PlantedKinksOptions options;
        options.activation = relu_like()[seed % 3];
        options.inputs = 2 + static_cast<Size>(seed % 3);
        options.plants = {Plant::minimum, seed % 5 == 0 ? Plant::escape : Plant::minimum};
        options.kinks_per_neuron = seed % 4 == 0 ? 0 : 1;
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const DirectionalReport narrow = judge(data, planted->network);
        const bool flat = narrow.neurons[0].identically_zero;
        const DirectionalPlateau plateau = directional_plateau(narrow, 0);
        const double a = planted->network.output(0);
        const std::vector<std::vector<double>> shares{{0.25, 0.75},    {1.0, 0.0},        {1.5, -0.5},
                                                      {0.5, 0.0, 0.5}, {2.0, -0.5, -0.5}, {1.0}};
        for (const std::vector<double>& gamma : shares) {
            std::vector<double> kappa, outputs;
            for (const double share : gamma) {
                kappa.push_back(0.5 + random.uniform());
                outputs.push_back(share * a / kappa.back());
            }
            const EmbeddingReport report = classify_replication(data, narrow, 0, kappa, outputs);
            INFO("seed " << seed << " " << name_of(report.rule));
            check_wide(data, report);
            const bool zero = std::count(gamma.begin(), gamma.end(), 0.0) > 0;
            const bool negative = std::any_of(gamma.begin(), gamma.end(), [](double g) { return g < 0.0; });
            const EmbeddingRule expected = flat       ? EmbeddingRule::identically_zero
                                           : negative ? EmbeddingRule::opposed_shares
                                           : zero     ? EmbeddingRule::zero_share
                                                      : EmbeddingRule::positive_shares;
            CHECK(report.rule == expected);
            kept += expected == EmbeddingRule::positive_shares;
            boundary += expected == EmbeddingRule::zero_share;
            opposed += expected == EmbeddingRule::opposed_shares;
            free += flat;
            // The plateau says the same.
            const bool stationary = plateau.stationary == GammaRegion::everywhere || !negative;
            CHECK(stationary == (report.verdict != Verdict::not_stationary));
            const auto lies_in = [&](GammaRegion region) {
                return region == GammaRegion::everywhere ||
                       (region == GammaRegion::gamma_plus && !zero && !negative) ||
                       (region == GammaRegion::gamma_boundary && zero && !negative) ||
                       (region == GammaRegion::not_negative && !negative);
            };
            CHECK(lies_in(plateau.minima) == (report.verdict == Verdict::local_minimum));
            CHECK(lies_in(plateau.saddles) == (report.verdict == Verdict::saddle));
            if (plateau.type == PlateauType::local_minima_and_saddles && stationary) {
                CHECK((report.verdict == Verdict::saddle) == zero);
            }
        }
    }
    CHECK(kept > 100);
    CHECK(boundary > 100);
    CHECK(opposed > 100);
    CHECK(free > 50);
}

TEST_CASE("neurons without output are replicated with opposed output weights", "[directional]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        PlantedKinksOptions options;
        options.activation = relu_like()[seed % 3];
        options.plants = {seed % 2 == 0 ? Plant::escape : Plant::silent, Plant::minimum};
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const DirectionalReport narrow = judge(data, planted->network);
        const std::vector<double> kappa{1.0, 2.0}, zero{0.0, 0.0}, opposed{1.0, -0.5};
        const EmbeddingReport still = classify_replication(data, narrow, 0, kappa, zero);
        check_wide(data, still);
        const EmbeddingReport moved = classify_replication(data, narrow, 0, kappa, opposed);
        check_wide(data, moved);
        CHECK(moved.rule ==
              (seed % 2 == 0 ? EmbeddingRule::opposed_shares : EmbeddingRule::identically_zero));
    }
}

TEST_CASE("added neurons get the verdict of the wide network", "[directional]") {
    Random random(22, 0);
    int escapes = 0, held = 0, falls = 0, silent = 0, moved = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        PlantedKinksOptions options;
        options.activation = relu_like()[seed % 3];
        options.inputs = 3;
        options.plants = {Plant::minimum};
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const DirectionalReport narrow = judge(data, planted->network);
        const auto add = [&](const std::vector<double>& w, double a) {
            const EmbeddingReport report =
                classify_added_neuron(data, narrow, Tolerances{}, DirectionalOptions{}, w, a, Execution{1});
            INFO("seed " << seed << " " << name_of(report.rule));
            check_wide(data, report);
            escapes += report.rule == EmbeddingRule::added_escape;
            held += report.rule == EmbeddingRule::held_output;
            falls += report.rule == EmbeddingRule::added_descent;
            silent += report.rule == EmbeddingRule::identically_zero;
            moved += report.rule == EmbeddingRule::added_psi;
        };
        const std::vector<double> none(3, 0.0), off{-1.0, 0.0, 0.0};
        add(none, 0.0);
        add(none, 0.5);
        add(none, -0.5);
        add({random.normal(), random.normal(), random.normal()}, 0.0);
        add({planted->network.weights(0), planted->network.weights(0) + 3}, 0.0);  // psi = 0
        if (options.activation.kind() != ActivationKind::relu) continue;
        add(off, 0.0);
        add(off, 3.0);
        CHECK_THROWS_AS(add({1.0, 0.0, 0.0}, 1.0), Error);
    }
    CHECK(escapes > 100);
    CHECK(falls > 100);
    CHECK(silent > 50);
    CHECK(moved > 50);
    CHECK(held < falls);  // D of all samples mostly has both signs
}

TEST_CASE("a neuron without weights can be held by its kinks", "[directional]") {
    // All residuals positive beyond the reach of the slope: f = 0 above targets of -1.
    const std::vector<double> x{1.0, 0.0, 0.0, 1.0, -1.0, -1.0}, targets{-1.0, -1.0, -1.0};
    DatasetSource source;
    source.samples = 3;
    source.features = 2;
    source.x = x.data();
    source.ldx = 2;
    source.targets = targets.data();
    const Dataset data(source, false, false, LossScaling::sum);
    Network narrow(Activation(ActivationKind::relu), 1, 2);
    narrow.output(0) = 2.0;
    const DirectionalReport report = judge(data, narrow);
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.neurons[0].sign.method != SignMethod::independent);
    const std::vector<double> none{0.0, 0.0};
    const auto rule = [&](double a) {
        const EmbeddingReport wide =
            classify_added_neuron(data, report, Tolerances{}, DirectionalOptions{}, none, a, Execution{1});
        check_wide(data, wide);
        return wide.rule;
    };
    CHECK(rule(1.0) == EmbeddingRule::held_output);
    CHECK(rule(0.0) == EmbeddingRule::added_escape);
    CHECK(rule(-1.0) == EmbeddingRule::added_descent);
}

TEST_CASE("replication refuses what is none", "[directional]") {
    PlantedKinksOptions options;
    options.plants = {Plant::minimum};
    std::optional<PlantedKinks> planted;
    while (!(planted = plant_kinks(options))) ++options.seed;
    const Dataset data = planted->dataset();
    const DirectionalReport narrow = judge(data, planted->network);
    const auto replicate = [&](Size neuron, std::vector<double> kappa, std::vector<double> outputs) {
        return classify_replication(data, narrow, neuron, kappa, outputs);
    };
    const double a = planted->network.output(0);
    CHECK_NOTHROW(replicate(0, {1.0, 2.0}, {0.5 * a, 0.25 * a}));
    CHECK_THROWS_AS(replicate(1, {1.0}, {a}), Error);
    CHECK_THROWS_AS(replicate(0, {}, {}), Error);
    CHECK_THROWS_AS(replicate(0, {1.0, -1.0}, {2 * a, a}), Error);
    CHECK_THROWS_AS(replicate(0, {1.0, 2.0}, {0.5 * a, 0.5 * a}), Error);
}
