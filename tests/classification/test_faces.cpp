// Verdicts on planted points of ReLU-like networks of any layout and convex loss, against plain descent.
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

std::optional<PlantedFaces> draw(std::uint64_t seed, int number, Random& random) {
    PlantedFacesOptions options = draw_model(seed, number, random);
    options.bias = random.uniform() < 0.5;
    options.skip = random.uniform() < 0.25;
    options.kinks_per_neuron = static_cast<Size>(3.0 * random.uniform());
    options.idle = random.uniform() < 0.1;
    options.dead =
        !options.idle && options.activation.kind() == ActivationKind::relu && random.uniform() < 0.2;
    options.deficient = options.kinks_per_neuron < 2 && random.uniform() < 0.15;
    if (options.kinks_per_neuron > 0 && options.outputs > 1 && random.uniform() < 0.3)
        options.hold = random.uniform() < 0.5 ? Hold::one_sided : Hold::not_at_all;
    options.pull = 0.9 * std::pow(10.0, -1.5 * random.uniform());
    options.output_size = std::pow(10.0, 1.2 * random.uniform() - 1.2);
    return plant_faces(options);
}

struct Counts {
    int minima = 0, saddles = 0, open = 0, weak = 0, weak_fallen = 0, by_face = 0, by_escape = 0,
        without_escape = 0, fallen = 0;
};

void check_faces(int count, std::uint64_t seed, int starts, int steps) {
    Random random(seed, 5);
    std::map<std::string, Counts> counts;
    Counts all;
    int missed = 0;
    for (int done = 0, drawn = 0; done < count; ++drawn) {
        const std::optional<PlantedFaces> planted =
            draw(seed + 9001 * static_cast<std::uint64_t>(drawn), drawn, random);
        if (!planted) continue;
        ++done;
        const Dataset data = planted->dataset();
        const OutputsReport report =
            classify_kinked_model(data, planted->network, Tolerances{}, DirectionalOptions{}, Execution{1});
        const PlantedFacesOptions& made = planted->options;
        INFO("seed " << seed << " drawn " << drawn << " " << name_of(made.loss->kind()) << " "
                     << made.activation.name() << " m " << made.width << " d " << made.inputs << " K "
                     << made.outputs << " bias " << made.bias << " skip " << made.skip << " kinks "
                     << made.kinks_per_neuron << " idle " << made.idle << " dead " << made.dead
                     << " deficient " << made.deficient << " pull " << made.pull << ": "
                     << name_of(report.rule));
        if (report.face)
            UNSCOPED_INFO("dimension " << report.face->dimension << " negative " << report.face->negative
                                       << " zero " << report.face->zero << " lambda "
                                       << report.face->lambda_min << " tolerance " << report.face->tolerance
                                       << " hold " << report.face->strict);
        REQUIRE(report.verdict != Verdict::not_stationary);
        // Where kinks hold by little against what output weights can gain minima end near.
        constexpr Real kSize = 1e-5L;
        Real least = least_on_faces(*planted, kSize, steps / 4);
        for (int start = 0; start < starts; ++start)
            least = std::min(least, least_around(*planted, random, kSize, 4 * steps));
        const bool falls = least < -planted->rounding();
        Counts& of = counts[std::string(name_of(made.loss->kind()))];
        for (Counts* one : {&of, &all}) {
            one->minima += report.verdict == Verdict::local_minimum;
            one->saddles += report.verdict == Verdict::saddle;
            one->open += report.verdict == Verdict::undetermined && made.hold == Hold::strictly;
            one->weak += report.verdict == Verdict::undetermined && made.hold != Hold::strictly;
            one->weak_fallen +=
                report.verdict == Verdict::undetermined && made.hold != Hold::strictly && falls;
            one->by_face +=
                report.rule == OutputsRule::face_minimum || report.rule == OutputsRule::face_falls;
            one->by_escape += report.rule == OutputsRule::escape_falls;
            one->without_escape += report.rule == OutputsRule::no_escape_neuron;
            one->fallen += falls;
        }
        if (report.verdict == Verdict::local_minimum) REQUIRE(!falls);
        if (report.rule == OutputsRule::face_minimum)
            REQUIRE((report.face->strict && report.face->negative == 0 &&
                     report.face->zero == report.face->still));
        if (report.verdict == Verdict::saddle) {
            REQUIRE(report.witness);
            REQUIRE(check_witness(*planted, *report.witness));
        }
        missed += report.verdict == Verdict::undetermined && falls && made.hold == Hold::strictly;
        if (report.face && made.hold != Hold::strictly && !planted->kinks[0].empty())
            CHECK(!report.face->strict);
    }
    for (const auto& [name, of] : counts)
        UNSCOPED_INFO(name << ": " << of.minima << " minima, " << of.saddles << " saddles, " << of.open
                           << " open, " << of.weak << " open at weak kinks, " << of.by_face << " by faces, "
                           << of.by_escape << " by escapes, " << of.without_escape << " without escapes, "
                           << of.fallen << " fell");
    UNSCOPED_INFO(missed << " undetermined points fell, and " << all.weak_fallen << " at weak kinks");
    CHECK(all.minima > count / 4);
    CHECK(all.saddles > count / 8);
    CHECK(all.by_face > count / 3);
    CHECK(all.open <= count / 50);
    CHECK(missed <= count / 100);
    for (const auto& [name, of] : counts) CHECK((of.minima > count / 40 && of.by_face > count / 40));
}

}  // namespace

TEST_CASE("planted points of every convex loss and layout are minima and saddles as descent finds",
          "[directional]") {
    check_faces(400, 3, 2, 40);
}

TEST_CASE("thousands of planted points of every convex loss and layout", "[.nightly]") {
    check_faces(8000, 70001, 4, 150);
}
