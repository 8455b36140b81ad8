// Continuous symmetries of the activation: degenerate Hessians that are minima all the same, Theorem 1 across
// the symmetry, neurons that are the same up to it (MATH.md section 7), against brute force.
#include "classification/point/continuous_symmetry.hpp"

#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/split_cases.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

struct Kind {
    ActivationKind activation;
    bool bias;
    Size width;
    Size features = 2;
};

// Two cubes have no such point: T(w_1, w_1, .) = T(w_2, w_2, .) = 0 for the cubic moments T makes each
// other's weights null vectors too.
const Kind kKinds[] = {{ActivationKind::cube, false, 1},   {ActivationKind::cube, false, 1, 3},
                       {ActivationKind::square, false, 1}, {ActivationKind::relu3, false, 1},
                       {ActivationKind::relu3, false, 2},  {ActivationKind::exp, true, 1},
                       {ActivationKind::exp, true, 2}};

// Points with every H_i semidefinite of that sign, singular along the symmetry alone.
std::optional<test::Planted> draw(const Kind& kind, Definiteness wanted, std::uint64_t seed) {
    test::PlantedOptions options;
    options.activation = Activation(kind.activation);
    options.features = kind.features;
    options.bias = kind.bias;
    options.wanted.assign(static_cast<std::size_t>(kind.width), wanted);
    options.extra_samples = 20;
    options.feasible = 1e-13;
    options.seed = seed;
    return test::plant(options);
}

NetworkReport classify(const Dataset& data, const Network& network) {
    return classify_network(data, network, Tolerances{}, ReductionTolerances{}, kSerial);
}

void check_counts(const Dataset& data, const NetworkReport& report, int& compared) {
    const test::BruteForce brute = test::brute_force(data, report.network);
    CAPTURE(brute.negative, brute.zero, brute.positive);
    if (!brute.clear || !report.index.known()) return;
    ++compared;
    CHECK(report.index.morse_index.least == brute.negative);
    CHECK(report.index.nullity.least == brute.zero);
}

// Points of one kind, and splits of their first neuron.
void check_kind(const Kind& kind, std::uint64_t first_seed, int wanted_points) {
    int points = 0, minima = 0, compared = 0;
    for (std::uint64_t seed = first_seed;
         seed < first_seed + 12 * static_cast<std::uint64_t>(wanted_points) && points < wanted_points;
         ++seed) {
        const bool positive = seed % 2 == 0;
        const Definiteness wanted =
            positive ? Definiteness::positive_semidefinite : Definiteness::negative_semidefinite;
        const std::optional<test::Planted> planted = draw(kind, wanted, seed);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const Analysis analysis = analyze(data, planted->network, Tolerances{}, kSerial);
        if (analysis.point.hessian.inertia.negative > 0)
            continue;  // the residual was too large for a minimum
        if (analysis.point.hessian.inertia.zero != kind.width)
            continue;  // a small curvature, lost in rounding
        ++points;
        CAPTURE(planted->network.activation.name(), kind.width, seed, positive,
                analysis.point.hessian.inertia.zero, planted->epsilon);
        REQUIRE(analysis.point.verdict == Verdict::local_minimum);
        CHECK(analysis.point.rule == Rule::symmetry_orbit);
        CHECK_FALSE(analysis.point.strict);
        CHECK(test::sampled_descent(data, planted->network, 1e-3, analysis.point.hessian.lambda_max, 6,
                                    seed) == 0.0);
        const NeuronReport& neuron = analysis.neurons[0];
        if (neuron.definiteness != wanted || neuron.inner.inertia.zero != 1) continue;
        CHECK(neuron.rule == Rule::theorem_1_across_symmetry);
        CHECK(neuron.plateau == PlateauType::local_minima_and_saddles);
        for (const std::vector<double>& gamma : {std::vector<double>{0.3, 0.7},
                                                 {0.2, 0.5, 0.3},
                                                 {1.5, -0.5},
                                                 {3.0, -1.5, -0.5},
                                                 {2.0, -1.5, 0.5},
                                                 {1.0, 0.0}}) {
            CAPTURE(gamma);
            const GammaSigns signs = check_gamma(gamma);
            const bool good = positive ? signs.in_gamma_plus() : signs.in_gamma_minus();
            const SplitReport split = classify_split(data, analysis, 0, gamma, kSerial);
            CHECK(split.verdict == (good ? Verdict::local_minimum : Verdict::saddle));
            const Network wide = split_neuron(planted->network, 0, gamma);
            const NetworkReport report = classify(data, wide);
            CHECK(report.verdict == split.verdict);
            check_counts(data, report, compared);
            if (good) {
                ++minima;
                CHECK(test::sampled_descent(data, wide, 1e-3, test::brute_force(data, wide).largest, 6,
                                            seed) == 0.0);
            } else {
                REQUIRE(report.witness.has_value());
                CHECK(report.witness->measured < 0.0);
            }
        }
    }
    INFO(Activation(kind.activation).name() << ", width " << kind.width << ": " << points << " points, "
                                            << minima << " minima, " << compared << " compared");
    CHECK(points * 2 > wanted_points);
    CHECK(minima >= points);
    CHECK(compared >= points);
}

}  // namespace

TEST_CASE("minima with a continuous symmetry, and their splits, are decided") {
    for (const Kind& kind : kKinds) check_kind(kind, 1, 5);
}

TEST_CASE("minima with a continuous symmetry by the hundred", "[.nightly]") {
    for (const Kind& kind : kKinds) check_kind(kind, 1001, 100);
}

TEST_CASE("neurons that are the same up to a scale or a shift are merged") {
    for (const Kind& kind : kKinds) {
        if (kind.width > 1) continue;
        int cases = 0, compared = 0;
        for (std::uint64_t seed = 1; seed <= 30 && cases < 3; ++seed) {
            const std::optional<test::Planted> planted =
                draw(kind, Definiteness::positive_semidefinite, seed);
            if (!planted) continue;
            const Dataset data = planted->dataset();
            const Network& narrow = planted->network;
            const NetworkReport alone = classify(data, narrow);
            if (alone.verdict != Verdict::local_minimum) continue;
            ++cases;
            for (const double share : {0.4, 1.5}) {
                const Network plain = split_neuron(narrow, 0, std::vector<double>{share, 1.0 - share});
                Network wide = plain;
                // The second daughter elsewhere on its orbit.
                if (kind.activation == ActivationKind::exp) {
                    wide.weights(1)[wide.inputs - 1] += 0.7;
                    wide.output(1) *= std::exp(-0.7);
                } else {
                    for (Size j = 0; j < wide.inputs; ++j) wide.weights(1)[j] *= 1.7;
                    wide.output(1) *= std::pow(1.7, -narrow.activation.traits().homogeneity);
                }
                const NetworkReport report = classify(data, wide), same = classify(data, plain);
                CAPTURE(narrow.activation.name(), seed, share, name_of(report.rule), name_of(same.rule));
                REQUIRE(report.grouping.narrow.width == 1);
                CHECK(report.grouping.groups[0].gamma[0] == Approx(share).epsilon(1e-9));
                CHECK(report.verdict == same.verdict);
                CHECK(report.rule == same.rule);
                CHECK(report.index.known() == same.index.known());
                check_counts(data, report, compared);
                // In the inputs of the given network: the first daughter's weights.
                const Network shown = narrow_in_given_inputs(report);
                for (Size j = 0; j < wide.inputs; ++j)
                    CHECK(shown.weights(0)[j] == Approx(wide.weights(0)[j]).margin(1e-9));
                if (report.verdict == Verdict::saddle) {
                    REQUIRE(report.witness.has_value());
                    CHECK(report.witness->curve(0.0) == wide.parameters);
                    CHECK(report.witness->descends());
                }
            }
        }
        CHECK(cases == 3);
        CHECK(compared >= 2);
    }
}

TEST_CASE("dimensions of the symmetries, by activation") {
    Random random(4, 4);
    const Size n = 30, d = 3;
    std::vector<double> x, y;
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j + 1 < d; ++j) x.push_back(random.normal());
        x.push_back(2.0);  // a constant that is no declared bias
        y.push_back(random.normal());
    }
    const Dataset data({n, d, x.data(), d, y.data(), nullptr}, false, false, LossScaling::sum);
    const auto dimension = [&](ActivationKind kind, Size m, Size& inner) {
        Network network(Activation(kind), m, d);
        for (double& p : network.parameters) p = random.normal();
        const std::vector<bool> constant(static_cast<std::size_t>(m), false);
        const ContinuousSymmetry symmetry(data, network, constant, kSerial);
        inner = symmetry.inner_dimension(0);
        return symmetry.dimension();
    };
    Size inner = 0;
    CHECK(dimension(ActivationKind::tanh, 2, inner) == 0);
    CHECK(inner == 0);
    CHECK(dimension(ActivationKind::sin, 2, inner) == 0);
    CHECK(dimension(ActivationKind::cube, 2, inner) == 2);
    CHECK(inner == 1);
    CHECK(dimension(ActivationKind::relu3, 3, inner) == 3);
    CHECK(dimension(ActivationKind::exp, 3, inner) == 3);
    CHECK(inner == 1);
    CHECK(dimension(ActivationKind::square, 2, inner) == 3);  // two scales and one turn
    CHECK(inner == 2);
    CHECK(dimension(ActivationKind::square, 3, inner) == 6);
    CHECK(inner == 3);
    CHECK(dimension(ActivationKind::identity, 2, inner) == 2 * (d + 1) - d);  // all but sum a w
    CHECK(inner == d);
}
