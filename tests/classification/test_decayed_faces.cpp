// Verdicts on planted points of ReLU-like networks under weight decay, against plain descent.
#include <algorithm>
#include <cmath>
#include <map>

#include "classification/directional/several_outputs.hpp"
#include "faces_descent.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Real = long double;

// What a point is about, beside ordinary neurons.
enum class Kind { ordinary, daughter, bare, dead, idle };
constexpr const char* kKinds[] = {"ordinary", "daughter", "bare", "dead", "idle"};

Decay draw_decay(Random& random, bool bias_input) {
    const auto size = [&] { return std::pow(10.0, random.uniform() - 0.5); };
    Decay decay{.weights = size(), .outputs = size()};
    const double which = random.uniform();
    if (bias_input && which < 0.3) decay.hidden_biases = size();
    if (which < 0.2) decay.output_biases = size();
    if (random.uniform() < 0.7) decay.skip = size();
    return decay;
}

std::optional<PlantedFaces> draw(std::uint64_t seed, int number, Kind kind, Random& random) {
    PlantedFacesOptions options;
    options.seed = seed;
    options.loss = loss_number(number);
    const Activation activations[] = {Activation(ActivationKind::relu),
                                      Activation(ActivationKind::leaky_relu, 0.125),
                                      Activation(ActivationKind::abs)};
    options.activation = activations[static_cast<int>(3.0 * random.uniform())];
    options.width = 1 + static_cast<Size>(3.0 * random.uniform());
    options.inputs = 3 + static_cast<Size>(2.0 * random.uniform());
    options.outputs = 1 + static_cast<Size>(3.0 * random.uniform());
    if (options.loss->shift_invariant()) options.outputs = std::max<Size>(options.outputs, 2);
    options.bias = random.uniform() < 0.6;
    options.skip = random.uniform() < 0.25;
    options.bias_input = random.uniform() < 0.5;
    options.kinks_per_neuron = static_cast<Size>(2.5 * random.uniform());
    options.decay = draw_decay(random, options.bias_input);
    options.pulled = std::pow(10.0, 2.0 * random.uniform() - 1.0);
    options.deficient = !options.bias_input && options.kinks_per_neuron < 2 && random.uniform() < 0.15;
    if (options.kinks_per_neuron > 0 && options.outputs > 1 && random.uniform() < 0.15)
        options.hold = random.uniform() < 0.5 ? Hold::one_sided : Hold::not_at_all;
    options.pull = 0.9 * std::pow(10.0, -1.5 * random.uniform());
    options.output_size = std::pow(10.0, 1.2 * random.uniform() - 1.2);
    if (kind != Kind::ordinary) options.width = std::max<Size>(options.width, 2);
    if (kind == Kind::bare || kind == Kind::dead) {
        options.bias_input = options.bias = true;
        options.deficient = false;
        options.decay.hidden_biases = options.decay.output_biases = 0.0;
        if (kind == Kind::dead) options.activation = activations[0];
    }
    options.daughter = kind == Kind::daughter;
    options.bare = kind == Kind::bare;
    options.dead = kind == Kind::dead;
    options.idle = kind == Kind::idle;
    return plant_faces(options);
}

struct Counts {
    int points = 0, minima = 0, saddles = 0, open = 0, weak = 0, fallen = 0, missed = 0, turned = 0,
        still = 0;
};

void check_points(int count, std::uint64_t seed, Kind kind, int starts, int steps) {
    Random random(seed, 5);
    std::map<std::string, Counts> counts;
    Counts all;
    for (int drawn = 0; all.points < count; ++drawn) {
        const std::optional<PlantedFaces> planted =
            draw(seed + 9001 * static_cast<std::uint64_t>(drawn), drawn, kind, random);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const OutputsReport report =
            classify_kinked_model(data, planted->network, Tolerances{}, DirectionalOptions{}, Execution{1});
        const PlantedFacesOptions& made = planted->options;
        INFO(kKinds[static_cast<int>(kind)]
             << " seed " << seed << " drawn " << drawn << " " << name_of(made.loss->kind()) << " "
             << made.activation.name() << " m " << made.width << " d " << made.inputs << " K " << made.outputs
             << " bias " << made.bias << " skip " << made.skip << " bias input " << made.bias_input
             << " kinks " << made.kinks_per_neuron << " deficient " << made.deficient << " hold "
             << static_cast<int>(made.hold) << " decay " << planted->decay.weights << " "
             << planted->decay.hidden_biases << " " << planted->decay.outputs << " "
             << planted->decay.output_biases << " " << planted->decay.skip << ": " << name_of(report.rule));
        if (report.face)
            UNSCOPED_INFO("dimension " << report.face->dimension << " negative " << report.face->negative
                                       << " zero " << report.face->zero << " still " << report.face->still
                                       << " turned " << report.face->turned << " lambda "
                                       << report.face->lambda_min << " tolerance " << report.face->tolerance
                                       << " hold " << report.face->strict);
        if (report.verdict == Verdict::not_stationary) {
            const OutputsNeuron& n = report.neurons[report.deciding_neuron];
            UNSCOPED_INFO("dn " << report.deciding_neuron << " value " << n.sign.value << " defect " << n.sign.defect << " tol " << n.sign.defect_tolerance << " kinks " << n.kinks << " planted " << planted->kinks[report.deciding_neuron].size());
            for (double v : n.sign.direction) UNSCOPED_INFO("v " << v);
            for (Size i = 0; i < planted->network.width; ++i) for (Size j = 0; j < planted->network.inputs; ++j) UNSCOPED_INFO("w " << planted->network.weights(i)[j]);
        }
        REQUIRE(report.verdict != Verdict::not_stationary);
        constexpr Real kSize = 1e-5L;
        Real least = least_on_faces(*planted, kSize, steps / 4);
        for (int start = 0; start < starts; ++start)
            least = std::min(least, least_around(*planted, random, kSize, 4 * steps));
        const bool falls = least < -planted->rounding();
        const bool open = report.verdict == Verdict::undetermined;
        for (Counts* one : {&counts[std::string(name_of(made.loss->kind()))], &all}) {
            one->points += 1;
            one->minima += report.verdict == Verdict::local_minimum;
            one->saddles += report.verdict == Verdict::saddle;
            one->open += open && made.hold == Hold::strictly;
            one->weak += open && made.hold != Hold::strictly;
            one->fallen += falls;
            one->missed += open && falls && made.hold == Hold::strictly;
            one->turned += report.verdict == Verdict::local_minimum && report.face && report.face->turned > 0;
            one->still += report.verdict == Verdict::local_minimum && report.face && report.face->still > 0;
        }
        if (open && made.hold == Hold::strictly)
            WARN("open: drawn " << drawn << " " << name_of(made.loss->kind()) << " " << made.activation.name()
                                << " m " << made.width << " d " << made.inputs << " K " << made.outputs
                                << " bias " << made.bias << " skip " << made.skip << " bi " << made.bias_input
                                << " kinks " << made.kinks_per_neuron << " def " << made.deficient << " fell "
                                << falls << " " << name_of(report.rule) << " zero "
                                << (report.face ? report.face->zero : -1) << " still "
                                << (report.face ? report.face->still : -1) << " turned "
                                << (report.face ? report.face->turned : -1) << " strict "
                                << (report.face ? report.face->strict : -1));
        if (report.verdict == Verdict::local_minimum) REQUIRE(!falls);
        if (report.verdict == Verdict::saddle) {
            REQUIRE(report.witness);
            REQUIRE(check_witness(*planted, *report.witness));
        }
    }
    for (const auto& [name, of] : counts)
        WARN(kKinds[static_cast<int>(kind)]
             << " " << name << ": " << of.points << " points, " << of.minima << " minima, " << of.saddles
             << " saddles, " << of.open << " open, " << of.weak << " open at weak kinks, " << of.fallen
             << " fell, " << of.missed << " of them open, " << of.turned << " minima with turns, " << of.still
             << " with still dimensions");
}

}  // namespace

TEST_CASE("points under weight decay are minima and saddles as descent finds", "[directional]") {
    check_points(200, 11, Kind::ordinary, 2, 40);
}

TEST_CASE("daughters", "[directional]") {
    check_points(60, 21, Kind::daughter, 2, 40);
}

TEST_CASE("bare", "[directional]") {
    check_points(60, 31, Kind::bare, 2, 40);
}

TEST_CASE("dead", "[directional]") {
    check_points(60, 41, Kind::dead, 2, 40);
}

TEST_CASE("idle", "[directional]") {
    check_points(60, 51, Kind::idle, 2, 40);
}
