// Hundreds of planted stationary points: every verdict, Morse index, nullity and witness against brute force
// on the wide network (MATH.md sections 4, 5, 11).
#include <algorithm>
#include <cmath>

#include "classification/point/analysis.hpp"
#include "classification/split_cases.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

// The planted zeros are exact up to the rounding of the targets.
AnalysisOptions planted_zeros() {
    AnalysisOptions options;
    options.exact_zeros = true;
    return options;
}

struct Tally {
    int points = 0, splits = 0, saddles = 0, minima = 0, undetermined = 0, indices = 0, skipped = 0,
        witnesses = 0, third_order = 0, ratios = 0, open = 0, unproven = 0, cubic = 0, unproven_cubic = 0,
        cubic_ratios = 0, unmeasured = 0;
};

// Γ+, Γ-, mixed signs, boundaries, for 2 to 5 daughters.
std::vector<std::vector<double>> gammas(Random& random) {
    static const Size kPatterns[][3] = {{2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {3, 0, 0}, {1, 2, 0}, {2, 1, 0},
                                        {2, 0, 1}, {1, 1, 1}, {1, 0, 2}, {4, 0, 0}, {2, 2, 0}, {1, 3, 0},
                                        {3, 1, 1}, {5, 0, 0}, {1, 4, 0}, {2, 1, 2}};
    std::vector<std::vector<double>> all;
    const Size start = static_cast<Size>(random.bits() % 16);
    for (Size k = 0; k < 4; ++k) {
        const Size* pattern = kPatterns[(start + 3 * k) % 16];
        all.push_back(test::random_gamma(random, pattern[0], pattern[1], pattern[2]));
    }
    return all;
}

void check_witness(const Dataset& data, const Witness& witness, double margin, Rule rule, Tally& tally) {
    const bool cubic = rule == Rule::third_order;
    ++(cubic ? tally.cubic : tally.witnesses);
    tally.third_order += witness.order > 2;
    CAPTURE(witness.order, witness.coefficient, witness.epsilon, witness.predicted, witness.measured,
            witness.measured_error);
    REQUIRE(witness.coefficient < 0.0);
    // Where the residuals are tiny the fourth order soon outweighs the third: nothing is left to measure.
    if (cubic && !witness.descends()) {
        ++tally.unproven_cubic;
        return;
    }
    const long double start = test::reference_loss(data, witness.base, witness.base.parameters);
    const long double fall = test::reference_loss(data, witness.base, witness.point) - start;
    REQUIRE(fall < 0.0L);
    REQUIRE(std::abs(witness.measured - static_cast<double>(fall)) <= witness.measured_error + 1e-18 * start);
    // Badly conditioned draws: the largest decrease there is can be below what double precision proves.
    if (!witness.descends()) ++tally.unproven;
    REQUIRE(witness.curve(0.0) == witness.base.parameters);
    REQUIRE(witness.curve(witness.epsilon) == witness.point);
    if (margin < 1000.0) return;  // the coefficient itself is known to few digits
    // Towards epsilon = 0 the measured change tends to the predicted one; long double sees it further than
    // double.
    double ratio = 0.0, extrapolated = 0.0;
    for (int halvings = 0; halvings < 60; ++halvings) {
        const double epsilon = std::ldexp(witness.epsilon, -halvings);
        const double predicted = witness.coefficient * std::pow(epsilon, witness.order);
        if (std::abs(predicted) < 1e-15 * static_cast<double>(start)) break;
        const double previous = ratio;
        const std::vector<double> point = witness.curve(epsilon);
        ratio = static_cast<double>(test::reference_loss(data, witness.base, point) - start) / predicted;
        // The next order's correction is proportional to epsilon.
        extrapolated = 2.0 * ratio - previous;
        if (std::abs(ratio - 1.0) < 0.05) break;
    }
    // Where the correction is still large at the smallest step that can be resolved, nothing is seen.
    if (ratio == 0.0) return;
    if (std::abs(extrapolated - ratio) > 0.05 && std::abs(ratio - 1.0) > 0.05) return;
    CAPTURE(ratio, extrapolated);
    CHECK((std::abs(ratio - 1.0) < 0.05 || std::abs(extrapolated - 1.0) < 0.1));
    ++(cubic ? tally.cubic_ratios : tally.ratios);
}

void check_split(const Dataset& data, const Analysis& analysis, Size neuron, const std::vector<double>& gamma,
                 Tally& tally, std::uint64_t seed) {
    const SplitReport report = classify_split(data, analysis, neuron, gamma, Execution{1});
    const Network wide = split_neuron(analysis.network, neuron, gamma);
    const test::BruteForce brute = test::brute_force(data, wide);
    CAPTURE(gamma, neuron, name_of(report.rule), static_cast<int>(report.verdict));
    ++tally.splits;
    // The directions along the plateau itself are flat: where brute force does not see them, it sees nothing.
    if (!brute.clear || brute.zero < static_cast<Size>(gamma.size()) - 1) {
        ++tally.skipped;
        return;
    }
    CAPTURE(brute.negative, brute.zero, brute.positive, report.index.morse_index.least,
            report.index.nullity.least);
    REQUIRE(report.index.morse_index.least <= brute.negative);
    REQUIRE(report.index.morse_index.most >= brute.negative);
    REQUIRE(report.index.nullity.least <= brute.zero);
    REQUIRE(report.index.nullity.most >= brute.zero);
    tally.indices += report.index.known();
    switch (report.verdict) {
        case Verdict::saddle:
            ++tally.saddles;
            if (!report.witness) {  // the theorem's saddle falls by less than can be measured
                ++tally.unmeasured;
                break;
            }
            REQUIRE(report.witness->base.parameters == wide.parameters);
            if (report.witness->order == 2) REQUIRE(brute.negative > 0);
            if (brute.negative > 0 && analysis.point.hessian.clear()) REQUIRE(report.witness->order == 2);
            check_witness(data, *report.witness, report.margin, report.rule, tally);
            break;
        case Verdict::local_minimum: {
            ++tally.minima;
            REQUIRE(brute.negative == 0);
            if (tally.minima % 4 != 0) break;
            const SpectralReport& inner = analysis.neurons[neuron].inner;
            double weakest = std::min(std::abs(inner.lambda_min), std::abs(inner.lambda_max));
            for (const double g : gamma) weakest = std::min(weakest, std::abs(g) * weakest);
            const double reach = 0.1 * std::min(1.0, weakest / brute.largest);
            REQUIRE(test::sampled_descent(data, wide, reach, brute.largest, 12, seed) == 0.0);
            break;
        }
        default:
            ++tally.undetermined;
            if (analysis.point.hessian.clear()) REQUIRE(brute.negative == 0);
    }
}

void check_neuron(const NeuronReport& neuron, const PointReport& point, Definiteness wanted) {
    CAPTURE(name_of(neuron.rule), neuron.inner.lambda_min, neuron.inner.lambda_max, neuron.inner.tau);
    if (!neuron.inner.clear() && neuron.definiteness != wanted) return;
    if (point.least) {
        REQUIRE(neuron.plateau == PlateauType::all_local_minima);
        return;
    }
    REQUIRE(neuron.definiteness == wanted);
    if (point.verdict == Verdict::saddle) {
        REQUIRE(neuron.plateau == PlateauType::all_saddles);
        REQUIRE(neuron.rule == Rule::theorem_4);
        return;
    }
    if (point.verdict != Verdict::local_minimum) return;
    switch (wanted) {
        case Definiteness::positive_definite:
            REQUIRE(neuron.minima == GammaRegion::gamma_plus);
            REQUIRE(neuron.plateau == PlateauType::local_minima_and_saddles);
            break;
        case Definiteness::negative_definite:
            REQUIRE(neuron.minima == GammaRegion::gamma_minus);
            REQUIRE(neuron.plateau == PlateauType::local_minima_and_saddles);
            break;
        case Definiteness::indefinite:
            REQUIRE(neuron.plateau == PlateauType::all_saddles);
            break;
        case Definiteness::zero:
            REQUIRE(neuron.minima == GammaRegion::none);
            break;
        default:
            if (neuron.rule == Rule::theorem_1_across_symmetry) {
                const bool positive = wanted == Definiteness::positive_semidefinite;
                REQUIRE(neuron.minima == (positive ? GammaRegion::gamma_plus : GammaRegion::gamma_minus));
                REQUIRE(neuron.plateau == PlateauType::local_minima_and_saddles);
            } else if (neuron.rule == Rule::third_order) {
                REQUIRE(neuron.plateau == PlateauType::all_saddles);
            } else if (neuron.rule != Rule::fourth_order) {
                REQUIRE(neuron.rule == Rule::semidefinite_inner_hessian);
            }
    }
    if (wanted != Definiteness::zero) {
        REQUIRE(neuron.escape.has_value());
        REQUIRE(neuron.escape->measured < 0.0);
    }
}

void check_point(const test::PlantedOptions& options, Tally& tally) {
    const std::optional<test::Planted> planted = test::plant(options);
    if (!planted) return;
    ++tally.points;
    const Dataset data = planted->dataset();
    const Analysis analysis = analyze(data, planted->network, Tolerances{}, Execution{1}, planted_zeros());
    const PointReport& point = analysis.point;
    CAPTURE(options.activation.name(), options.features, options.wanted.size(), options.bias, options.weights,
            options.saddle, options.seed, planted->epsilon, planted->full_rank);
    CAPTURE(name_of(point.rule), point.gradient_relative, point.hessian.lambda_min, point.hessian.tau);
    const test::BruteForce brute = test::brute_force(data, planted->network);
    REQUIRE(point.verdict != Verdict::not_stationary);
    if (point.least) REQUIRE(brute.negative == 0);
    if (brute.clear && point.hessian.clear()) {
        REQUIRE(point.hessian.inertia.negative == brute.negative);
        REQUIRE(point.hessian.inertia.zero == brute.zero);
    }
    // Badly conditioned draws stay open: their Newton step moves the Hessian by more than its smallest
    // eigenvalue.
    const bool open = !point.hessian.clear() && point.verdict == Verdict::undetermined;
    tally.open += open;
    if (planted->full_rank && !open) {
        REQUIRE(point.verdict == (options.saddle ? Verdict::saddle : Verdict::local_minimum));
        REQUIRE(point.strict == !options.saddle);
    }
    if (point.verdict == Verdict::saddle) {
        REQUIRE(point.witness.has_value());
        check_witness(data, *point.witness, point.hessian.margin, point.rule, tally);
    }
    Random random(options.seed, 99);
    for (std::size_t i = 0; i < options.wanted.size(); ++i) {
        check_neuron(analysis.neurons[i], point, options.wanted[i]);
        for (const std::vector<double>& gamma : gammas(random)) {
            check_split(data, analysis, static_cast<Size>(i), gamma, tally, options.seed);
        }
    }
}

std::vector<Definiteness> random_kinds(Random& random, Size width, const Activation& activation) {
    static const Definiteness kKinds[] = {
        Definiteness::positive_definite,     Definiteness::negative_definite,     Definiteness::indefinite,
        Definiteness::positive_semidefinite, Definiteness::negative_semidefinite, Definiteness::zero};
    std::vector<Definiteness> wanted;
    for (Size i = 0; i < width; ++i) {
        // Scale symmetry allows only singular ones.
        const bool homogeneous = activation.traits().homogeneity > 0;
        const std::uint64_t choice = homogeneous ? 2 + random.bits() % 4 : random.bits() % 8;
        wanted.push_back(kKinds[choice < 6 ? choice : choice - 6]);
    }
    return wanted;
}

}  // namespace

TEST_CASE("planted points of every kind agree with brute force") {
    Catch::StringMaker<double>::precision = 12;
    Tally tally;
    std::uint64_t seed = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (Size width = 1; width <= 4; ++width) {
            for (Size features = 1; features <= 6; ++features) {
                for (int variant = 0; variant < 2; ++variant) {
                    ++seed;
                    Random random(seed, 3);
                    test::PlantedOptions options;
                    options.activation = activation;
                    options.features = features;
                    options.wanted = random_kinds(random, width, activation);
                    options.bias = random.bits() % 3 == 0;
                    options.weights = random.bits() % 2 == 0;
                    options.scaling = random.bits() % 3 == 0 ? LossScaling::mean : LossScaling::sum;
                    options.saddle = variant == 1 && random.bits() % 2 == 0;
                    options.seed = seed;
                    check_point(options, tally);
                }
            }
        }
    }
    INFO(tally.points << " points (" << tally.open << " left open), " << tally.splits << " splits ("
                      << tally.skipped << " unclear), " << tally.indices << " indices, " << tally.saddles
                      << " saddles, " << tally.minima << " minima, " << tally.undetermined
                      << " undetermined, " << tally.witnesses << " witnesses (" << tally.third_order
                      << " beyond second order, " << tally.unproven << " below the rounding error), "
                      << tally.ratios << " ratios; third-order test: " << tally.cubic << " witnesses ("
                      << tally.unproven_cubic << " below the rounding error), " << tally.cubic_ratios
                      << " ratios");
    CHECK(tally.points > 300);
    CHECK(tally.unproven * 500 < tally.witnesses);
    CHECK(tally.unproven_cubic * 8 < tally.cubic);
    CHECK(tally.open * 50 < tally.points);
    CHECK(tally.unmeasured * 200 <= tally.saddles);
    CHECK(tally.skipped * 20 < tally.splits);
    CHECK(tally.ratios * 20 > tally.witnesses * 17);
    CHECK(tally.cubic_ratios * 4 > tally.cubic);
    CHECK(tally.indices * 10 > tally.splits * 9);
}
