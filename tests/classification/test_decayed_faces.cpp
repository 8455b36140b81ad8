// Verdicts on planted points of ReLU-like networks under weight decay, against plain descent.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "classification/directional/several_outputs.hpp"
#include "faces_descent.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Real = long double;

// What the last neuron is: one as the others, a daughter of the first, a bias and nothing else, one that is
// off for every sample, one at the origin.
enum class Kind { ordinary, daughter, bare, dead, idle };

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
    PlantedFacesOptions options = draw_model(seed, number, random);
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
    options.decay.outputs /= options.output_size * options.output_size;
    if (kind != Kind::ordinary) options.width = std::max<Size>(options.width, 2);
    if (kind == Kind::bare || kind == Kind::dead) {
        options.bias_input = options.bias = true;
        options.deficient = false;
        options.decay.hidden_biases = options.decay.output_biases = 0.0;
        if (kind == Kind::dead) options.activation = Activation(ActivationKind::relu);
    }
    options.daughter = kind == Kind::daughter;
    options.bare = kind == Kind::bare;
    options.dead = kind == Kind::dead;
    options.idle = kind == Kind::idle;
    return plant_faces(options);
}

// The least change that is found where the last neuron, at the origin, grows along weights at random: with
// output weights of the same decay, so that neither is too small for the other.
Real least_growth(const PlantedFaces& planted, Random& random, int tries) {
    const Network& network = planted.network;
    const Size i = network.width - 1;
    std::vector<Real> lambdas(network.parameters.size(), 0);
    planted.decay.each(network, [&](Size p, double lambda) { lambdas[p] = lambda; });
    Real least = 0;
    for (int t = 0; t < tries; ++t) {
        std::vector<Real> step(network.parameters.size(), 0);
        Real hidden = 0, output = 0;
        for (Size j = 0; j < network.inputs; ++j) {
            const Size p = network.weight(i, j);
            step[p] = 1e-4L * random.normal() / std::sqrt(lambdas[p] > 0 ? lambdas[p] : Real{1});
            hidden += lambdas[p] * step[p] * step[p];
        }
        for (Size o = 0; o < network.output_count; ++o) {
            const Size p = network.coefficient(i, o);
            step[p] = random.normal();
            output += lambdas[p] * step[p] * step[p];
        }
        for (Size o = 0; o < network.output_count; ++o)
            step[network.coefficient(i, o)] *= std::sqrt(hidden / output);
        least = std::min(least, planted.change(step));
    }
    return least;
}

struct Counts {
    int points = 0, minima = 0, saddles = 0, open = 0, weak = 0, missed = 0, turned = 0, still = 0, dual = 0,
        grown = 0;
};

std::string told(const PlantedFaces& planted, const OutputsReport& report) {
    const PlantedFacesOptions& made = planted.options;
    const Decay& decay = planted.decay;
    std::ostringstream text;
    text << name_of(made.loss->kind()) << " " << made.activation.name() << " m " << made.width << " d "
         << made.inputs << " K " << made.outputs << " bias " << made.bias << " skip " << made.skip
         << " bias input " << made.bias_input << " kinks " << made.kinks_per_neuron << " deficient "
         << made.deficient << " hold " << static_cast<int>(made.hold) << " decay " << decay.weights << " "
         << decay.hidden_biases << " " << decay.outputs << " " << decay.output_biases << " " << decay.skip
         << ": " << name_of(report.rule);
    if (report.face)
        text << ", dimension " << report.face->dimension << " negative " << report.face->negative << " zero "
             << report.face->zero << " still " << report.face->still << " turned " << report.face->turned
             << " lambda " << report.face->lambda_min << " tolerance " << report.face->tolerance << " hold "
             << report.face->strict;
    return text.str();
}

Counts check_points(int count, std::uint64_t seed, Kind kind, int starts, int steps) {
    Random random(seed, 5);
    Counts counts;
    for (int drawn = 0; counts.points < count; ++drawn) {
        const std::optional<PlantedFaces> planted =
            draw(seed + 9001 * static_cast<std::uint64_t>(drawn), drawn, kind, random);
        if (!planted) continue;
        const Dataset data = planted->dataset();
        const OutputsReport report =
            classify_kinked_model(data, planted->network, Tolerances{}, DirectionalOptions{}, Execution{1});
        INFO("seed " << seed << " drawn " << drawn << " " << told(*planted, report));
        REQUIRE(report.verdict != Verdict::not_stationary);
        constexpr Real kSize = 1e-5L;
        Real least = least_on_faces(*planted, kSize, steps / 4);
        for (int start = 0; start < starts; ++start)
            least = std::min(least, least_around(*planted, random, kSize, 4 * steps));
        if (kind == Kind::idle) least = std::min(least, least_growth(*planted, random, 20 * steps));
        const bool falls = least < -planted->rounding(), strict = planted->options.hold == Hold::strictly;
        const bool open = report.verdict == Verdict::undetermined;
        counts.points += 1;
        counts.minima += report.verdict == Verdict::local_minimum;
        counts.saddles += report.verdict == Verdict::saddle;
        counts.open += open && strict;
        counts.weak += open && !strict;
        counts.missed += open && falls && strict;
        counts.turned += report.rule == OutputsRule::face_minimum && report.face->turned > 0;
        counts.still += report.rule == OutputsRule::face_minimum && report.face->still > 0;
        counts.dual += report.rule == OutputsRule::dual_minimum;
        counts.grown += report.rule == OutputsRule::decayed_neuron_grows;
        if (report.verdict == Verdict::local_minimum) REQUIRE(!falls);
        if (report.rule == OutputsRule::face_minimum)
            REQUIRE((report.face->strict && report.face->negative == 0 &&
                     report.face->zero == report.face->still + report.face->turned));
        if (report.verdict == Verdict::saddle) {
            REQUIRE(report.witness);
            REQUIRE(check_witness(*planted, *report.witness));
        }
    }
    UNSCOPED_INFO(counts.points << " points, " << counts.minima << " minima, " << counts.saddles
                                << " saddles, " << counts.open << " open, " << counts.weak
                                << " open at weak kinks, " << counts.missed << " open that fell, "
                                << counts.turned << " minima with turns, " << counts.still
                                << " with still dimensions, " << counts.dual << " by the dual bound, "
                                << counts.grown << " grown");
    // Neurons at the origin are open where the cones are too many, or their biases do not decay.
    CHECK(counts.open <= count / (kind == Kind::idle ? 5 : 20) + 1);
    CHECK(counts.missed <= count / 100);
    return counts;
}

void check_all(int count, std::uint64_t seed, int starts, int steps) {
    const Counts ordinary = check_points(3 * count, seed, Kind::ordinary, starts, steps);
    CHECK((ordinary.minima > count && ordinary.saddles > count / 10 && ordinary.still > 0));
    const Counts daughters = check_points(count, seed + 10, Kind::daughter, starts, steps);
    CHECK((daughters.turned > count / 4 && daughters.saddles > count / 4));
    const Counts bare = check_points(count, seed + 20, Kind::bare, starts, steps);
    CHECK((bare.minima > count / 6 && bare.saddles > count / 3 && bare.turned > 0 && bare.still > 0));
    const Counts dead = check_points(count, seed + 30, Kind::dead, starts, steps);
    CHECK((dead.minima > count / 2 && dead.still > 0));
    const Counts idle = check_points(count, seed + 40, Kind::idle, starts, steps);
    INFO(idle.grown << " grown, " << idle.minima << " minima, " << idle.dual << " by the dual bound");
    CHECK((idle.grown > count / 2 && idle.dual > count / 60 && idle.minima == idle.dual));
}

}  // namespace

TEST_CASE("points under weight decay are minima and saddles as descent finds", "[directional]") {
    check_all(60, 11, 2, 40);
}

TEST_CASE("thousands of points under weight decay", "[.nightly]") {
    check_all(1500, 80001, 4, 120);
}
