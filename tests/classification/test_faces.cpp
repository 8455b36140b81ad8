// Verdicts on planted points of ReLU-like networks of any layout and convex loss, against plain descent.
#include <algorithm>
#include <cmath>
#include <map>

#include "classification/directional/several_outputs.hpp"
#include "linalg/symmetric.hpp"
#include "planted_faces.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Real = long double;
using Reals = std::vector<Real>;

void scale_to(Reals& v, Real size) {
    Real square = 0;
    for (const Real c : v) square += c * c;
    const Real factor = square > 0 ? size / std::sqrt(square) : 0;
    for (Real& c : v) c *= factor;
}

Reals random_step(Random& random, std::size_t count, Real size) {
    Reals step;
    for (std::size_t p = 0; p < count; ++p) step.push_back(random.normal());
    scale_to(step, size);
    return step;
}

// The least change of the loss that is found at this distance on the faces: along the lowest eigenvectors of
// its numerical Hessian there, and by gradient steps on the sphere from them.
Real least_on_faces(const PlantedFaces& planted, Real size, int steps) {
    constexpr Real kStep = 1e-6L;
    const Size count = static_cast<Size>(planted.network.parameters.size());
    Matrix hessian(count, count);
    for (Size p = 0; p < count; ++p) {
        Reals step(static_cast<std::size_t>(count), 0), back;
        step[p] = kStep;
        planted.put_on_faces(step);
        for (const Real c : step) back.push_back(-c);
        Reals up = planted.gradient(step);
        const Reals down = planted.gradient(back);
        for (Size q = 0; q < count; ++q) up[q] = (up[q] - down[q]) / (2 * kStep);
        planted.put_on_faces(up);
        for (Size q = 0; q < count; ++q) hessian(p, q) = static_cast<double>(up[q]);
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(hessian, true);
    Real least = 0;
    for (Size l = 0; l < std::min<Size>(2, count); ++l) {
        Reals step(eigen.vectors.row(l), eigen.vectors.row(l) + count);
        planted.put_on_faces(step);
        scale_to(step, size);
        Real at = planted.change(step), length = 0.1L;
        for (int t = 0; t < steps; ++t) {
            Reals gradient = planted.gradient(step), next = step;
            planted.put_on_faces(gradient);
            scale_to(gradient, length * size);
            for (Size p = 0; p < count; ++p) next[p] -= gradient[p];
            scale_to(next, size);
            const Real there = planted.change(next);
            length *= there < at ? 1.5L : 0.5L;
            if (there < at) {
                at = there;
                step = std::move(next);
            }
        }
        least = std::min(least, at);
    }
    return least;
}

// The same of all parameters by steps at random that are kept where they lower it, some of them along faces.
Real least_around(const PlantedFaces& planted, Random& random, Real size, int steps) {
    const std::size_t count = planted.network.parameters.size();
    Reals step = random_step(random, count, size);
    if (random.uniform() < 0.5) planted.put_on_faces(step);
    Real at = planted.change(step), least = std::min(at, Real{0}), length = 0.5;
    for (int t = 0; t < steps; ++t) {
        Reals next = random_step(random, count, length * size);
        if (random.uniform() < 0.5) planted.put_on_faces(next);
        for (std::size_t p = 0; p < count; ++p) next[p] += step[p];
        Real square = 0;
        for (const Real c : next) square += c * c;
        if (square > size * size) scale_to(next, size);
        const Real there = planted.change(next);
        length = std::clamp(length * (there < at ? 1.4L : 0.9L), Real{1e-4L}, Real{1});
        if (there >= at) continue;
        at = there;
        step = std::move(next);
        least = std::min(least, at);
    }
    return least;
}

const Loss* loss_number(int number) {
    static const std::unique_ptr<const Loss> huber = pseudo_huber_loss(1.0);
    const Loss* const losses[] = {&squared_loss(), &logistic_loss(), &softmax_loss(), &poisson_loss(),
                                  huber.get()};
    return losses[number % 5];
}

std::optional<PlantedFaces> draw(std::uint64_t seed, int number, Random& random) {
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

// The way down falls as it says, and near the point by its leading coefficient.
bool check_witness(const PlantedFaces& planted, const Witness& witness) {
    const auto step = [&](double epsilon) {
        const std::vector<double> end = witness.curve(epsilon);
        Reals result;
        for (std::size_t p = 0; p < end.size(); ++p)
            result.push_back(static_cast<Real>(end[p]) - planted.network.parameters[p]);
        return result;
    };
    const auto rounding = static_cast<double>(planted.rounding());
    CHECK(witness.descends());
    CHECK(witness.coefficient < 0.0);
    const Real measured = planted.change(step(witness.epsilon));
    CHECK(std::abs(static_cast<double>(measured) - witness.measured) <=
          witness.measured_error + 1e-6 * std::abs(witness.measured) + rounding);
    return measured < rounding;
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
