// Verdicts on ReLU-like networks against all cells of the perturbations of small ones, kinks at w = 0
// included.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/directional/several_outputs.hpp"
#include "local_cells.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Verdict verdict_of(Way way) {
    if (way == Way::falls) return Verdict::not_stationary;
    if (way == Way::falls_second) return Verdict::saddle;
    return way == Way::open ? Verdict::undetermined : Verdict::local_minimum;
}

// The worst cone of every neuron.
std::vector<Way> ways_of(const LocalCells& cells, Size width) {
    std::vector<Way> ways;
    for (Size i = 0; i < width; ++i) {
        Way worst = cells.psi_vanishes(i) ? Way::up : Way::falls;
        for (const Cone& cone : cells.cones(i)) worst = std::max(worst, cells.way(i, cone));
        ways.push_back(worst);
    }
    return ways;
}

// A point inside each of the products of cones, all of them or as many as `most` drawn at random: the change
// of the loss is what the formula of its cell says, and not negative where the verdict is a minimum.
int check_products(const LocalCells& cells, Size width, std::size_t outputs, bool minimum, int most,
                   Random& random) {
    Size products = 1;
    for (Size i = 0; i < width; ++i) products *= static_cast<Size>(cells.cones(i).size());
    const int count = static_cast<int>(std::min<Size>(products, most));
    for (int t = 0; t < count; ++t) {
        Size product =
            products <= most ? t : static_cast<Size>(random.uniform() * static_cast<double>(products));
        const Real size = std::pow(10.0L, -5 - 2 * static_cast<Real>(random.uniform()));
        std::vector<RealVector> dw;
        for (Size i = 0; i < width; ++i) {
            const std::vector<Cone>& cones = cells.cones(i);
            const Cone& cone = cones[product % cones.size()];
            product /= static_cast<Size>(cones.size());
            RealVector v;
            Real linear = 0, terms = 0;
            for (const RealVector& generator : cone.generators()) {
                const Real factor = size * (0.05L + static_cast<Real>(random.uniform()));
                v.resize(generator.size(), 0);
                for (std::size_t j = 0; j < v.size(); ++j) v[j] += factor * generator[j];
                linear += factor * cells.derivative(0, i, generator);
                terms += std::abs(factor * cells.derivative(0, i, generator)) + factor;
            }
            CHECK(std::abs(cells.derivative(0, i, v) - linear) <= 1e-14L * terms);
            dw.push_back(std::move(v));
        }
        std::vector<RealVector> da(outputs);
        for (RealVector& one : da) {
            for (Size i = 0; i < width; ++i) one.push_back(size * static_cast<Real>(random.normal()));
        }
        const Real change = cells.change(dw, da);
        CHECK(std::abs(change - cells.expansion(dw, da)) <= 1e-15L * size);
        // Rounding of the planted targets leaves 1e-16 of the step in first order.
        if (minimum) CHECK(change >= -1e-14L * size);
    }
    return count;
}

std::vector<Activation> relu_like() {
    return {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
            Activation(ActivationKind::leaky_relu, 1.75), Activation(ActivationKind::abs)};
}

std::optional<PlantedKinks> draw(std::uint64_t seed, Random& random) {
    PlantedKinksOptions options;
    options.seed = seed;
    options.activation = relu_like()[seed % 4];
    options.inputs = random.uniform() < 0.5 ? 2 : 3;
    options.kinks_per_neuron = static_cast<Size>(5.0 * random.uniform());
    if (options.kinks_per_neuron > 1 && random.uniform() < 0.3) options.repeated = 1;
    if (random.uniform() < 0.2) {  // nothing but neurons at w = 0, on few samples
        options.plants.assign(1 + random.uniform() * 1.5, Plant::origin);
        options.samples = 2 + static_cast<Size>(4.0 * random.uniform());
    } else {
        const std::vector<Plant> common{Plant::minimum, Plant::minimum, Plant::minimum, Plant::silent,
                                        Plant::dead};
        const std::vector<Plant> rare{Plant::steep,  Plant::reversed,    Plant::escape,
                                      Plant::escape, Plant::idle_origin, Plant::origin};
        const Size width = 1 + static_cast<Size>(3.0 * random.uniform());
        for (Size i = 0; i < width; ++i) {
            const std::vector<Plant>& kinds = random.uniform() < 0.75 ? common : rare;
            options.plants.push_back(
                kinds[static_cast<std::size_t>(random.uniform() * static_cast<double>(kinds.size()))]);
        }
        for (Plant& plant : options.plants) {
            const bool needs = plant == Plant::steep || plant == Plant::reversed;
            if (needs && options.kinks_per_neuron == 0) plant = Plant::minimum;
        }
    }
    std::optional<PlantedKinks> planted = plant_kinks(options);
    // Moving onto the kink of a neuron that hardly sees some inputs makes them large: rounding would show.
    const auto large = [](double x) { return std::abs(x) > 50.0; };
    if (planted && std::any_of(planted->x.begin(), planted->x.end(), large)) return std::nullopt;
    return planted;
}

void check_one_output(int count, int products, std::uint64_t seed) {
    Random random(seed, 3);
    int minima = 0, saddles = 0, others = 0, unclear = 0, dependent = 0, held_at_zero = 0;
    for (int done = 0, drawn = 0; done < count; ++drawn) {
        const std::optional<PlantedKinks> planted =
            draw(seed + 6151 * static_cast<std::uint64_t>(drawn), random);
        if (!planted) continue;
        ++done;
        INFO("seed " << seed << " drawn " << drawn << " " << planted->network.activation.name());
        const Size m = planted->network.width;
        const LocalCells cells({*planted});
        const std::vector<Way> ways = ways_of(cells, m);
        const Way worst = *std::max_element(ways.begin(), ways.end());
        if (worst == Way::unclear) {
            ++unclear;
            continue;
        }
        DirectionalOptions options;
        if (drawn % 2 == 0) options.kinks.exact = &planted->kinks;
        options.sign.linear_programs = drawn % 3 != 0;
        const DirectionalReport report =
            classify_directional(planted->dataset(), planted->network, Tolerances{}, options, Execution{1});
        REQUIRE(report.verdict == verdict_of(worst));
        for (Size i = 0; i < m; ++i) {
            const DirectionalNeuron& neuron = report.neurons[i];
            CHECK(neuron.stationary() == (ways[i] != Way::falls));
            if (ways[i] != Way::falls) CHECK(neuron.escape == (ways[i] == Way::falls_second));
            const bool at_zero = planted->plants[i] == Plant::origin;
            dependent += neuron.sign.method == SignMethod::zonotope || neuron.sign.method == SignMethod::rays;
            held_at_zero += at_zero && neuron.stationary();
        }
        check_products(cells, m, 1, worst == Way::up, products, random);
        (worst == Way::up ? minima : (worst == Way::falls ? others : saddles)) += 1;
    }
    UNSCOPED_INFO(minima << " minima, " << saddles << " saddles, " << others << " not stationary, " << unclear
                         << " unclear, " << dependent << " with dependent kinks, " << held_at_zero
                         << " held at 0");
    CHECK(minima > count / 8);
    CHECK(saddles > count / 20);
    CHECK(others > count / 8);
    CHECK(unclear <= count / 50);
    CHECK(dependent > count / 20);
    CHECK(held_at_zero > count / 100);
}

// Output j >= 1 with residuals of its own where nothing is planted of them, of one shape elsewhere.
std::vector<PlantedKinks> several(const PlantedKinks& planted, Random& random) {
    std::vector<double> alpha{1.0}, rho{1.0};
    const std::size_t count = 2 + static_cast<std::size_t>(2.0 * random.uniform());
    while (alpha.size() < count) {
        alpha.push_back(random.uniform() < 0.2 ? 0.0 : random.normal());
        rho.push_back(random.uniform() < 0.2 ? 0.0 : random.normal());
    }
    if (random.uniform() < 0.2) {  // S = 0 while D_j is not
        alpha[1] = 1.0;
        rho.assign(count, 0.0);
        rho[0] = 1.0;
        rho[1] = -1.0;
    }
    std::vector<PlantedKinks> outputs = outputs_of(planted, alpha, rho);
    const auto free = [](Plant plant) { return plant == Plant::origin || plant == Plant::idle_origin; };
    if (!std::all_of(planted.plants.begin(), planted.plants.end(), free)) return outputs;
    for (std::size_t j = 1; j < count; ++j)
        for (double& target : outputs[j].targets) target = random.normal();
    if (random.uniform() < 0.3) return outputs;
    // The first output holds the neuron through some of the samples, the others have no weight: where S = 0,
    // on one side only, they move or do not.
    const Size held = 1 + static_cast<Size>(random.uniform() * static_cast<double>(planted.samples - 1));
    const bool same = random.uniform() < 0.4;
    const double up = planted.network.output(0) * slopes_of(planted.network.activation).kink();
    for (Size k = 0; k < planted.samples; ++k) {
        outputs[0].targets[k] = k < held ? -std::copysign(0.2 + random.uniform(), up) : 0.0;
        for (std::size_t j = 1; j < count; ++j)
            if (same && k >= held) outputs[j].targets[k] = 0.0;
    }
    for (std::size_t j = 1; j < count; ++j)
        for (Size i = 0; i < planted.network.width; ++i) outputs[j].network.output(i) = 0.0;
    return outputs;
}

// The way down by plain sums. False: too short a fall to show beyond its rounding.
bool check_witness(const LocalCells& cells, const std::vector<PlantedKinks>& outputs,
                   const OutputsReport& report) {
    REQUIRE(report.witness);
    const Witness& witness = *report.witness;
    const Size m = outputs[0].network.width, d = outputs[0].inputs;
    const std::vector<double> end = witness.curve(witness.epsilon);
    REQUIRE(end.size() == static_cast<std::size_t>(m) * (static_cast<std::size_t>(d) + outputs.size()));
    const auto step = [&](std::size_t at, double from) { return static_cast<Real>(end[at]) - from; };
    std::vector<RealVector> dw(static_cast<std::size_t>(m)), da(outputs.size());
    std::size_t at = 0;
    for (Size i = 0; i < m; ++i)
        for (Size l = 0; l < d; ++l, ++at) dw[i].push_back(step(at, outputs[0].network.weights(i)[l]));
    for (Size i = 0; i < m; ++i)
        for (std::size_t j = 0; j < outputs.size(); ++j, ++at)
            da[j].push_back(step(at, outputs[j].network.output(i)));
    INFO("coefficient " << witness.coefficient << ", at " << witness.epsilon << " measured "
                        << witness.measured << " +- " << witness.measured_error);
    CHECK(witness.coefficient < 0.0);
    CHECK(std::abs(static_cast<double>(cells.change(dw, da)) - witness.measured) <=
          witness.measured_error + 1e-9 * std::abs(witness.measured));
    return witness.descends();
}

void check_several_outputs(int count, int products, std::uint64_t seed) {
    Random random(seed, 4);
    int minima = 0, saddles = 0, others = 0, open = 0, unclear = 0, missed = 0, unproven = 0;
    for (int done = 0, drawn = 0; done < count; ++drawn) {
        const std::optional<PlantedKinks> planted =
            draw(seed + 7013 * static_cast<std::uint64_t>(drawn), random);
        if (!planted) continue;
        ++done;
        INFO("seed " << seed << " drawn " << drawn << " " << planted->network.activation.name());
        const std::vector<PlantedKinks> outputs = several(*planted, random);
        const Size m = planted->network.width;
        const LocalCells cells(outputs);
        const std::vector<Way> ways = ways_of(cells, m);
        const Way worst = *std::max_element(ways.begin(), ways.end());
        if (worst == Way::unclear) {
            ++unclear;
            continue;
        }
        const JoinedOutputs joined(outputs, false);
        const OutputsReport report = classify_kinked_model(joined.dataset(), joined.network, Tolerances{},
                                                           DirectionalOptions{}, Execution{1});
        UNSCOPED_INFO("rule " << name_of(report.rule) << ", neuron " << report.deciding_neuron << ", p "
                              << outputs.size());
        for (Size i = 0; i < m; ++i) {
            const OutputsNeuron& neuron = report.neurons[i];
            UNSCOPED_INFO("plant " << int(planted->plants[i]) << " way " << int(ways[i]) << " psi "
                                   << neuron.psi[0] << " (" << neuron.psi_tolerance[0] << "), "
                                   << neuron.psi[1] << " (" << neuron.psi_tolerance[1] << ") answer "
                                   << int(neuron.sign.answer) << " by " << name_of(neuron.sign.method)
                                   << " value " << neuron.sign.value << " escape " << int(neuron.escape));
        }
        // Whether an escape neuron makes the loss fall is looked for along other directions here and there.
        const bool escapes = worst == Way::falls_second || worst == Way::open;
        if (!escapes) {
            REQUIRE(report.verdict == verdict_of(worst));
        } else {
            const bool falls = worst == Way::falls_second;
            REQUIRE((report.verdict == Verdict::saddle || report.rule == OutputsRule::escape_open ||
                     (!falls && report.rule == OutputsRule::face_minimum)));
            missed += falls && report.rule == OutputsRule::escape_open;
        }
        for (Size i = 0; i < m; ++i) {
            const OutputsNeuron& neuron = report.neurons[i];
            CHECK((neuron.psi_zero && neuron.sign.answer == Answer::yes) == (ways[i] != Way::falls));
            if (ways[i] != Way::falls) CHECK((neuron.escape == Answer::yes) == (ways[i] != Way::up));
        }
        if (report.verdict == Verdict::saddle || report.verdict == Verdict::not_stationary)
            unproven += !check_witness(cells, outputs, report);
        check_products(cells, m, outputs.size(), worst == Way::up, products, random);
        minima += worst == Way::up;
        saddles += report.verdict == Verdict::saddle;
        open += report.verdict == Verdict::undetermined;
        others += worst == Way::falls;
    }
    UNSCOPED_INFO(minima << " minima, " << saddles << " saddles, " << open << " open, " << others
                         << " not stationary, " << unclear << " unclear, " << missed << " missed");
    CHECK(missed <= count / 100);
    CHECK(unproven <= count / 2000);
    CHECK(minima > count / 10);
    CHECK(saddles > count / 20);
    CHECK(open > 0);
    CHECK(others > count / 8);
    CHECK(unclear <= count / 50);
}

}  // namespace

TEST_CASE("cones of lines and planes", "[cells]") {
    const std::vector<RealVector> axes{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    CHECK(cones_of(axes, 3).size() == 8);
    CHECK(cones_of({axes[0]}, 3).size() == 2);
    CHECK(cones_of({axes[0], axes[1], {1, 1, 0}, {2, 0, 0}}, 3).size() == 6);
    CHECK(cones_of({}, 2).size() == 1);
    // n planes in general position: n^2 - n + 2 cones.
    Random random(1, 0);
    std::vector<RealVector> x;
    for (int k = 0; k < 7; ++k) x.push_back({random.normal(), random.normal(), random.normal()});
    const std::vector<Cone> cones = cones_of(x, 3);
    CHECK(cones.size() == 44);
    for (const Cone& cone : cones) CHECK(cone.rays.size() >= 3);
}

TEST_CASE("verdicts agree with all cells of small networks", "[cells]") {
    check_one_output(500, 32, 17);
}

TEST_CASE("verdicts with several outputs agree with all cells of small networks", "[cells]") {
    check_several_outputs(400, 32, 23);
}

TEST_CASE("verdicts agree with all cells of thousands of small networks", "[.nightly]") {
    check_one_output(10000, 256, 40961);
    check_several_outputs(6000, 256, 40987);
}
