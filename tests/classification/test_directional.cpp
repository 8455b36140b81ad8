// Verdicts on ReLU-like networks against planted answers and against plain perturbations.
#include <cmath>

#include "classification/directional/directional.hpp"
#include "planted_kinks.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

DirectionalReport classify(const PlantedKinks& planted, bool exact_sets, DirectionalOptions options = {}) {
    const Dataset data = planted.dataset();
    if (exact_sets) options.kinks.exact = &planted.kinks;
    return classify_directional(data, planted.network, Tolerances{}, options, Execution{1});
}

Verdict expected(const std::vector<Plant>& plants) {
    Verdict verdict = Verdict::local_minimum;
    for (const Plant plant : plants) {
        if (plant == Plant::steep || plant == Plant::reversed) return Verdict::not_stationary;
        if (plant == Plant::escape) verdict = Verdict::saddle;
    }
    return verdict;
}

// The largest fall of the loss among random perturbations too small to reach other kinks (planted points keep
// 1e-3 from them), each neuron moved or not, output weights by about the square as often as by about the size
// of the weights' step.
long double deepest_fall(const PlantedKinks& planted, int tries, Random& random) {
    const Size m = planted.network.width, d = planted.inputs;
    long double deepest = 0.0;
    for (int t = 0; t < tries; ++t) {
        const long double size = std::pow(10.0L, -5.0L - 3.0L * random.uniform());
        std::vector<long double> step(static_cast<std::size_t>(m * (d + 1)), 0);
        for (Size i = 0; i < m; ++i) {
            if (m > 1 && random.uniform() < 0.3) continue;
            for (Size j = 0; j < d; ++j) step[i * d + j] = size * random.normal();
            const double kind = random.uniform();
            step[m * d + i] = kind < 0.2 ? 0.0L : (kind < 0.6 ? size : size * size) * random.normal();
        }
        // Relative to the square of the step: rounding of the planted targets leaves 1e-16 of it in first
        // order.
        deepest = std::min(deepest, exact_change(planted, step) + 1e-14L * size);
    }
    return deepest;
}

std::vector<Activation> relu_like() {
    return {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
            Activation(ActivationKind::leaky_relu, 1.75), Activation(ActivationKind::abs)};
}

void check_witness(const PlantedKinks& planted, const DirectionalReport& report) {
    REQUIRE(report.witness.has_value());
    const Witness& witness = *report.witness;
    CHECK(witness.descends());
    CHECK(witness.coefficient < 0.0);
    CHECK(witness.order == (report.verdict == Verdict::saddle ? 2 : 1));
    // The curve by plain sums: the predicted change is approached, the measured one is met.
    const auto change_at = [&](double epsilon) {
        const std::vector<double> end = witness.curve(epsilon);
        std::vector<long double> step;
        for (std::size_t j = 0; j < end.size(); ++j) {
            step.push_back(static_cast<long double>(end[j]) - planted.network.parameters[j]);
        }
        return exact_change(planted, step);
    };
    CHECK(std::abs(static_cast<double>(change_at(witness.epsilon)) - witness.measured) <=
          witness.measured_error + 1e-9 * std::abs(witness.measured));
    const double small = 1e-6 * witness.epsilon;
    const double ratio =
        static_cast<double>(change_at(small)) / (witness.coefficient * std::pow(small, witness.order));
    CHECK(ratio == Approx(1.0).epsilon(1e-2));
}

std::vector<Plant> random_plants(Random& random) {
    std::vector<Plant> plants;
    const int count = 1 + static_cast<int>(3.0 * random.uniform());
    const bool stationary = random.uniform() < 0.7, minimum = random.uniform() < 0.5;
    for (int i = 0; i < count; ++i) {
        const double kind = random.uniform();
        if (kind < 0.5)
            plants.push_back(Plant::minimum);
        else if (kind < 0.6)
            plants.push_back(Plant::silent);
        else if (kind < 0.7)
            plants.push_back(Plant::dead);
        else if (stationary)
            plants.push_back(minimum ? Plant::minimum : Plant::escape);
        else
            plants.push_back(kind < 0.85 ? Plant::steep : Plant::reversed);
    }
    return plants;
}

// The theorem on `count` planted points: what is planted is found, minima resist every perturbation tried,
// the others fall along their witness.
void check_planted(int count, int tries, std::uint64_t seed) {
    Random random(seed, 1);
    int minima = 0, saddles = 0, others = 0;
    const std::vector<Activation> activations = relu_like();
    for (int done = 0, drawn = 0; done < count; ++drawn) {
        PlantedKinksOptions options;
        options.activation = activations[drawn % activations.size()];
        options.inputs = 2 + static_cast<Size>(3.0 * random.uniform());
        options.plants = random_plants(random);
        options.kinks_per_neuron = static_cast<Size>(random.uniform() * static_cast<double>(options.inputs));
        if (options.kinks_per_neuron > 0 && random.uniform() < 0.3) {
            options.repeated = 1;
            ++options.kinks_per_neuron;
        }
        for (Plant& plant : options.plants) {  // what needs kinks has them
            const bool needs = plant == Plant::steep || plant == Plant::reversed;
            if (needs && options.kinks_per_neuron == 0) plant = Plant::minimum;
        }
        options.seed = seed + 7919 * static_cast<std::uint64_t>(drawn);
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        ++done;
        const DirectionalReport report = classify(*planted, drawn % 2 == 0);
        INFO("seed " << options.seed << " " << options.activation.name() << " drawn " << drawn);
        for (Size i = 0; i < planted->network.width; ++i) {
            const DirectionalNeuron& n = report.neurons[i];
            UNSCOPED_INFO("plant " << int(options.plants[i]) << " a " << n.output << " psi " << n.psi
                                   << " zero " << n.psi_zero << " D=0 " << n.identically_zero << " kinks "
                                   << n.kinks << "/" << n.merged_kinks << " answer " << int(n.sign.answer)
                                   << " method " << name_of(n.sign.method));
        }
        REQUIRE(report.verdict == expected(options.plants));
        for (Size i = 0; i < planted->network.width; ++i) {
            REQUIRE(report.sums.kinks[i].samples == planted->kinks[i]);
            const DirectionalNeuron& neuron = report.neurons[i];
            CHECK(neuron.escape == (options.plants[i] == Plant::escape));
            if (neuron.direction.empty()) continue;
            const double a = neuron.escape ? 1.0 : neuron.output;
            const double exact = a * static_cast<double>(exact_derivative(*planted, i, neuron.direction));
            CHECK(neuron.derivative == Approx(exact).epsilon(1e-9));
        }
        if (report.verdict == Verdict::local_minimum) {
            ++minima;
            CHECK(report.rule == DirectionalRule::no_escape_neuron);
            CHECK(deepest_fall(*planted, tries, random) >= 0.0L);
        } else {
            (report.verdict == Verdict::saddle ? saddles : others) += 1;
            check_witness(*planted, report);
        }
    }
    CHECK(minima > count / 8);
    CHECK(saddles > count / 16);
    CHECK(others > count / 32);
}

struct Samples {
    std::vector<double> x, targets;
    Size features;
    Dataset dataset(bool bias) const {
        DatasetSource source;
        source.samples = static_cast<Size>(targets.size());
        source.features = features;
        source.x = x.data();
        source.ldx = features;
        source.targets = targets.data();
        return Dataset(source, false, bias, LossScaling::sum);
    }
};

Network network_of(const Activation& activation, Size width, Size inputs, std::vector<double> parameters) {
    Network network(activation, width, inputs);
    network.parameters = std::move(parameters);
    return network;
}

DirectionalReport classify(const Dataset& data, const Network& network, DirectionalOptions options = {}) {
    return classify_directional(data, network, Tolerances{}, options, Execution{1});
}

}  // namespace

TEST_CASE("one neuron on one line by hand", "[directional]") {
    // f = a relu(w x): inputs 1, 2 and -1; the least squares fit of the positive ones.
    const Samples samples{{1.0, 2.0, -1.0}, {1.0, 3.0, 5.0}, 1};
    const Dataset data = samples.dataset(false);
    const Activation relu(ActivationKind::relu);
    SECTION("the fit is a local minimum") {
        const DirectionalReport report = classify(data, network_of(relu, 1, 1, {1.0, 1.4}));
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK(report.rule == DirectionalRule::no_escape_neuron);
        CHECK(report.neurons[0].identically_zero);
        CHECK(report.sums.loss.loss == Approx(0.5 * (0.16 + 0.04 + 25.0)));
    }
    SECTION("beside the fit psi is not zero") {
        const DirectionalReport report = classify(data, network_of(relu, 1, 1, {1.0, 1.0}));
        CHECK(report.verdict == Verdict::not_stationary);
        CHECK(report.rule == DirectionalRule::output_derivative);
        CHECK(report.neurons[0].psi == Approx(-2.0));  // (1 - 1) 1 + (2 - 3) 2
        REQUIRE(report.witness);
        CHECK(report.witness->measured == Approx(-0.4));  // the minimum over a: 0^2 + 1^2 becomes 0.16 + 0.04
    }
    SECTION("the origin: D(v) = -7 relu(v) - 5 relu(-v)") {
        const DirectionalReport report = classify(data, network_of(relu, 1, 1, {0.0, 0.0}));
        CHECK(report.verdict == Verdict::saddle);
        CHECK(report.rule == DirectionalRule::escape_neuron);
        CHECK(report.neurons[0].kinks == 3);
        CHECK(report.neurons[0].merged_kinks == 1);
        REQUIRE(report.witness);
        CHECK(report.witness->descends());
        const std::vector<double>& v = report.neurons[0].direction;
        CHECK(report.neurons[0].derivative == Approx(v[0] > 0.0 ? -7.0 * v[0] : 5.0 * v[0]));
    }
    SECTION("w = 0 with an output weight: a D(v) >= 0 only for a < 0") {
        CHECK(classify(data, network_of(relu, 1, 1, {0.0, 1.0})).rule == DirectionalRule::descent_direction);
        CHECK(classify(data, network_of(relu, 1, 1, {0.0, -1.0})).verdict == Verdict::local_minimum);
    }
    SECTION("an exact fit is a global minimum") {
        const DirectionalReport report =
            classify(data, network_of(relu, 3, 1, {1.0, 0.0, -5.0, 1.5, 0.0, 1.0}));
        CHECK(report.verdict == Verdict::not_stationary);
        const Samples exact{{1.0, 2.0, -1.0}, {1.5, 3.0, 5.0}, 1};
        const DirectionalReport zero =
            classify(exact.dataset(false), network_of(relu, 3, 1, {1.0, 0.0, -5.0, 1.5, 0.0, 1.0}));
        CHECK(zero.verdict == Verdict::local_minimum);
        CHECK(zero.global);
    }
}

TEST_CASE("a kink in the plane by hand", "[directional]") {
    // w = (0, 1): input (1, 0) is a kink, (0, 1) and (h, 1) are on. r = (r1, r2, r3): g = (r3 h + r1 / 2, r2
    // + r3), so stationary needs r2 = -r3 and |h r3 + r1 / 2| <= r1 / 2 for a = 1.
    const auto verdict = [](double r1, double r3, double h, double a) {
        const double residual[3] = {r1, -r3, r3};
        Samples samples{{1.0, 0.0, 0.0, 1.0, h, 1.0}, {}, 2};
        const double f[3] = {0.0, a, a};
        for (int k = 0; k < 3; ++k) samples.targets.push_back(f[k] - residual[k]);
        return classify(samples.dataset(false),
                        network_of(Activation(ActivationKind::relu), 1, 2, {0.0, 1.0, a}));
    };
    const DirectionalReport inside = verdict(1.0, -0.5, 1.0, 1.0);
    CHECK(inside.verdict == Verdict::local_minimum);
    CHECK(inside.neurons[0].sign.method == SignMethod::independent);
    CHECK(inside.neurons[0].sign.margin == Approx(1.0));
    CHECK(verdict(1.0, -0.25, 1.0, 1.0).neurons[0].sign.margin == Approx(0.5));
    CHECK(verdict(1.0, -0.99, 1.0, 1.0).verdict == Verdict::local_minimum);
    CHECK(verdict(1.0, -1.0, 1.0, 1.0).verdict == Verdict::local_minimum);  // the boundary is stationary
    CHECK(verdict(1.0, -1.01, 1.0, 1.0).verdict == Verdict::not_stationary);
    CHECK(verdict(1.0, 0.01, 1.0, 1.0).verdict == Verdict::not_stationary);
    CHECK(verdict(-1.0, 0.5, 1.0, 1.0).verdict == Verdict::not_stationary);  // the kink points down
    CHECK(verdict(-1.0, 0.5, 1.0, -1.0).verdict == Verdict::local_minimum);
    const DirectionalReport escape = verdict(1.0, -0.5, 1.0, 0.0);
    CHECK(escape.verdict == Verdict::saddle);
    REQUIRE(escape.witness);
    CHECK(escape.witness->descends());
}

TEST_CASE("the affine fit is a local minimum of every ReLU-like network", "[directional]") {
    // Yun, Sra, Jadbabaie (2019), Theorem 1: data that no affine function fits, every neuron on one side of
    // all samples, the network equal to the least squares fit. XOR: the fit is 1/2.
    const Samples samples{{0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0}, {0.0, 1.0, 1.0, 0.0}, 2};
    const Dataset data = samples.dataset(true);
    for (const Activation& activation : relu_like()) {
        const Slopes slopes = slopes_of(activation);
        // Neuron 0 is on everywhere, 1 off everywhere, both affine; together they are 1/2 on the samples.
        const double a = 2.0, b = -1.5;
        std::vector<double> on{0.25, -0.5, 3.0}, off{-0.5, -0.25, -1.0};
        std::vector<double> parameters(on);
        parameters.insert(parameters.end(), off.begin(), off.end());
        for (const double extra : {0.0, 0.0, 1.0}) parameters.push_back(extra);
        parameters.insert(parameters.end(), {a, b, 0.0});
        // The third neuron makes up for the slopes; it is on everywhere too.
        for (int j = 0; j < 3; ++j) {
            const double rest = (j == 2 ? 0.5 : 0.0) - a * slopes.above * on[j] - b * slopes.below * off[j];
            parameters[6 + j] = rest / slopes.above;
        }
        double least = 1e300;
        for (const double x : {0.0, 1.0})
            for (const double y : {0.0, 1.0})
                least = std::min(least, parameters[6] * x + parameters[7] * y + parameters[8]);
        if (least <= 0.1) {  // shift the constant from neuron 0 to neuron 2
            const double shift = 10.0 - least;
            parameters[8] += shift;
            parameters[2] -= shift / a;
        }
        parameters[11] = 1.0;
        double on_least = 1e300;
        for (const double x : {0.0, 1.0})
            for (const double y : {0.0, 1.0})
                on_least = std::min(on_least, parameters[0] * x + parameters[1] * y + parameters[2]);
        if (on_least <= 0.0) continue;
        const DirectionalReport report = classify(data, network_of(activation, 3, 3, parameters));
        INFO(activation.name());
        CHECK(report.sums.loss.loss == Approx(0.5));
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK_FALSE(report.global);
    }
    // One neuron on everywhere carries the fit, the others are off: whatever their output weights.
    const DirectionalReport simple = classify(data, network_of(Activation(ActivationKind::relu), 3, 3,
                                                               {0, 0, 1, -1, -1, -1, -2, -1, -1, 0.5, 7, 0}));
    CHECK(simple.verdict == Verdict::local_minimum);
    // A neuron without weights sees every sample at its kink: an escape neuron.
    const DirectionalReport escape =
        classify(data, network_of(Activation(ActivationKind::relu), 2, 3, {0, 0, 1, 0, 0, 0, 0.5, 0}));
    CHECK(escape.verdict == Verdict::saddle);
    REQUIRE(escape.witness);
    CHECK(escape.witness->descends());
}

TEST_CASE("planted points are found out", "[directional]") {
    check_planted(1500, 60, 11);
}

TEST_CASE("thousands of planted points are found out", "[.nightly]") {
    check_planted(20000, 200, 12345);
}

TEST_CASE("the answers do not depend on the solver of linear programs", "[directional]") {
    Random random(5, 0);
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        PlantedKinksOptions options;
        options.plants = {seed % 3 == 0 ? Plant::steep : Plant::minimum, Plant::minimum};
        options.inputs = 3;
        options.kinks_per_neuron = 2;
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        DirectionalOptions without;
        without.sign.linear_programs = false;
        CHECK(classify(*planted, true, without).verdict == expected(options.plants));
    }
}

TEST_CASE("streamed samples at the kink of w = 0 are read in blocks", "[directional]") {
    constexpr Size n = 3000, d = 3;
    Random random(9, 0);
    std::vector<double> x, y;
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j < d; ++j) x.push_back(random.normal());
        y.push_back(random.normal());
    }
    Size calls = 0;
    StreamedSource source;
    source.samples = n;
    source.features = d;
    source.read = [&](Size first, Size count, double* to, double* targets, double*) {
        ++calls;
        std::copy_n(x.data() + first * d, count * d, to);
        if (targets != nullptr) std::copy_n(y.data() + first, count, targets);
    };
    const Dataset streamed(std::move(source), false, LossScaling::sum);
    const Samples kept{x, y, d};
    const Dataset memory = kept.dataset(false);
    const Network network =
        network_of(Activation(ActivationKind::relu), 2, d, {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0});
    calls = 0;
    const DirectionalReport report = classify(streamed, network);
    CHECK(report.verdict == Verdict::saddle);
    CHECK(report.neurons[0].kinks == n);
    CHECK(report.witness->measured == classify(memory, network).witness->measured);
    INFO(calls << " reads");
    CHECK(calls < 200);
}
