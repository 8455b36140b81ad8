// Verdicts on points of networks of any layout and loss, their Morse index and nullity, those of their
// splits, and ways down, against the spectrum of the whole Hessian (MATH.md section 15).
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/model/model.hpp"
#include "classification/model_ways.hpp"
#include "classification/planted_models.hpp"
#include "classification/split_cases.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Counts {
    int points = 0, minima = 0, splits = 0, split_minima = 0, unknown = 0, skipped = 0, ways = 0,
        unmeasured = 0, open = 0, together = 0, one = 0;
};

ModelReport judged(const Dataset& data, const Network& network, bool exact_zeros) {
    return classify_model(data, network, Tolerances{}, exact_zeros, Execution{1});
}

void check_index(const IndexBounds& index, const HessianInertia& brute) {
    CHECK(index.morse_index.least <= brute.negative);
    CHECK(index.morse_index.most >= brute.negative);
    CHECK(index.nullity.least <= brute.zero);
    CHECK(index.nullity.most >= brute.zero);
}

void check_way(const Dataset& data, const ModelReport& report, Counts& counts) {
    if (!report.witness) {  // so flat that the fall hides in the rounding of the outputs
        ++counts.unmeasured;
        return;
    }
    check_witness(data, report);
    ++counts.ways;
}

// All neurons at once.
void check_together(const Dataset& data, const PlantedModel& model, const ModelReport& report, Random& random,
                    Counts& counts) {
    std::vector<NeuronSplit> splits;
    Network wide = model.network;
    for (Size i = model.network.width - 1; i >= 0; --i) {
        splits.push_back({i, random_gamma(random, 1 + static_cast<Size>(random.bits() % 2), 1, 0)});
        wide = split_model(wide, i, splits.back().gamma);
    }
    const HessianInertia whole = hessian_inertia(data, wide);
    if (!whole.clear) return;
    const ModelReport together = classify_model_splits(data, report, splits, Execution{1});
    CHECK(together.network.parameters == wide.parameters);
    check_index(together.index, whole);
    CHECK((together.verdict != Verdict::local_minimum || whole.negative == 0));
    if (together.verdict == Verdict::saddle) check_way(data, together, counts);
    CHECK_THROWS(classify_model_splits(data, report, std::vector(2, splits.front()), Execution{1}));
    ++counts.together;
}

// What is said of one output without decay by the theory of one output.
void check_one_output(const Dataset& data, const Network& network, const HessianInertia& brute,
                      const ModelReport& report, bool exact, Counts& counts) {
    AnalysisOptions options;
    options.exact_zeros = exact;
    const NetworkReport one =
        classify_network(data, network, Tolerances{}, ReductionTolerances{}, Execution{1}, options);
    REQUIRE(one.verdict != Verdict::not_stationary);
    check_index(one.index, brute);
    CHECK(one.narrow->neurons.size() == report.layer->neurons.size());
    if (one.verdict == Verdict::undetermined) return;
    CHECK((one.verdict == Verdict::saddle) == (brute.negative > 0));
    if (one.verdict == Verdict::saddle) {
        REQUIRE(one.witness);
        CHECK(one.witness->descends());
        Network there = network;
        there.parameters = one.witness->point;
        const double before = loss(data, network, Execution{1}).loss;
        CHECK(loss(data, there, Execution{1}).loss - before ==
              Approx(one.witness->measured).margin(1e-11 * std::abs(before)).epsilon(1e-4));
    }
    ++counts.one;
}

void check_point(const ModelShape& shape, const PlantedModel& model, Random& random, Counts& counts) {
    const Dataset data = model.dataset();
    const bool exact = shape.flat > 0;
    const HessianInertia brute = hessian_inertia(data, model.network);
    const ModelReport report = judged(data, model.network, false);
    REQUIRE(report.verdict != Verdict::not_stationary);
    if (!brute.clear) {
        ++counts.skipped;
        return;
    }
    ++counts.points;
    check_index(report.index, brute);
    const Size gauge = gauge_dimension(data, model.network);
    if (report.verdict == Verdict::undetermined) {  // an eigenvalue within what the point is known to
        ++counts.open;
        return;
    }
    if (brute.negative > 0) {
        CHECK(report.verdict == Verdict::saddle);
        check_way(data, report, counts);
    } else {
        CHECK(brute.zero == gauge);
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK(report.rule == (gauge > 0 ? Rule::gauge_orbit : Rule::hessian_positive_definite));
        CHECK(report.index.morse_index.most == 0);
        ++counts.minima;
    }
    if (shape.layout.output_count == 1) check_one_output(data, model.network, brute, report, exact, counts);
    if (!exact) check_together(data, model, report, random, counts);
    static const Size kShapes[][3] = {{2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {3, 0, 0}, {1, 2, 0}};
    for (Size i = 0; i < model.network.width; ++i) {
        for (const auto& signs : kShapes) {
            const std::vector<double> gamma = random_gamma(random, signs[0], signs[1], signs[2]);
            const Network wide = split_model(model.network, i, gamma);
            CHECK(split_neuron(model.network, i, gamma).parameters == wide.parameters);
            const HessianInertia whole = hessian_inertia(data, wide);
            if (!whole.clear) {
                ++counts.skipped;
                continue;
            }
            const ModelReport exactly = exact ? judged(data, model.network, true) : report;
            const LayerSplit split = classify_layer_split(*exactly.layer, i, gamma);
            INFO("neuron " << i << ", " << signs[0] << signs[1] << signs[2] << ": narrow " << brute.negative
                           << "- " << brute.zero << "0, wide " << whole.negative << "- " << whole.zero
                           << "0");
            REQUIRE(split.index);
            check_index(*split.index, whole);
            if (!split.index->known()) ++counts.unknown;
            ++counts.splits;
            if (split.verdict == Verdict::local_minimum) {
                ++counts.split_minima;
                CHECK(whole.negative == 0);
            }
            if (split.verdict == Verdict::saddle) CHECK((whole.negative > 0 || signs[2] > 0));
            // The wide network as it is.
            const ModelReport whole_report = judged(data, wide, exact);
            CHECK(whole_report.narrow.width == model.network.width);
            check_index(whole_report.index, whole);
            const bool either =
                whole_report.verdict == split.verdict || whole_report.verdict == Verdict::undetermined;
            CHECK(either);
            if (whole_report.verdict != split.verdict) ++counts.open;
            if (whole_report.verdict == Verdict::saddle && signs[2] == 0)
                check_way(data, whole_report, counts);
        }
    }
}

void campaign(int cases, std::uint64_t seed, Counts& counts) {
    static const LossKind kLosses[] = {LossKind::squared, LossKind::logistic, LossKind::softmax};
    static const ActivationKind kKinds[] = {ActivationKind::tanh, ActivationKind::gelu,
                                            ActivationKind::softplus};
    for (int number = 0; number < cases; ++number) {
        Random random(seed, static_cast<std::uint64_t>(number));
        ModelShape shape;
        shape.loss = kLosses[number % 3];
        const Size outputs = shape.loss == LossKind::softmax ? 2 + (number / 3) % 3 : 1 + (number / 3) % 4;
        shape.layout = {1 + (number / 2) % 2, 2 - (number / 5) % 2, outputs, number % 2 == 1,
                        (number / 2) % 3 == 1};
        shape.activation = kKinds[(number / 4) % 3];
        shape.flat = number % 4 == 3 ? 1 : 0;
        shape.size = number % 7 == 6 ? 0.9 : 0.05;
        INFO("case " << number << ", loss " << number % 3 << ", K = " << outputs << ", bias "
                     << shape.layout.output_bias << ", skip " << shape.layout.skip << ", flat "
                     << shape.flat);
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) {
            ++counts.skipped;
            continue;
        }
        check_point(shape, *model, random, counts);
    }
}

}  // namespace

TEST_CASE("planted points of every loss and layout: verdict, index and nullity, splits, ways down") {
    Counts counts;
    campaign(48, 100, counts);
    CHECK(counts.points > 35);
    CHECK(counts.minima > 15);
    CHECK(counts.splits > 200);
    CHECK(counts.split_minima > 5);
    CHECK(counts.ways > 100);
    CHECK(counts.unmeasured == 0);
    CHECK(counts.open == 0);
    CHECK(counts.unknown < counts.splits / 10);
    CHECK(counts.together > 25);
    CHECK(counts.one >= 6);
}

TEST_CASE("thousands of splits of every loss and layout", "[.nightly]") {
    Counts counts;
    campaign(1200, 9000, counts);
    CHECK(counts.splits > 5000);
    CHECK(counts.unmeasured < counts.ways / 100);
    CHECK(counts.open < counts.points / 50);
}

TEST_CASE("two classes behave as one output: slopes vanish by structure, and splits have minima") {
    ModelShape shape{LossKind::softmax, {1, 1, 2, true, false}, ActivationKind::tanh};
    int minima = 0;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        Random random(300, seed);
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network, false);
        CHECK(report.layer->idle_outputs == 1);
        REQUIRE(report.layer->neurons.size() == 1);
        CHECK(report.layer->neurons[0].shape.slopes.rank.known());
        CHECK(report.layer->neurons[0].shape.slopes.rank.most == 0);
        if (report.layer->neurons[0].plateau.type == PlateauType::local_minima_and_saddles) ++minima;
    }
    CHECK(minima > 0);
}

TEST_CASE("the least of a convex loss: every group of equal inputs is at its mean") {
    // Two samples share each input; the network has the logit of their mean target.
    const std::vector<double> x{-1.0, -1.0, 1.0, 1.0}, y{0.0, 0.5, 1.0, 0.5};
    DatasetSource source;
    source.samples = 4;
    source.features = source.ldx = 1;
    source.x = x.data();
    source.targets = y.data();
    source.loss = &logistic_loss();
    const Dataset data(source, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::tanh), Layout{1, 1, 1, true});
    network.parameters = {0.5, std::log(3.0) / std::tanh(0.5), 0.0};
    const ModelReport report = judged(data, network, false);
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.rule == Rule::least_convex_loss);
    CHECK(report.global);
    CHECK(report.layer->neurons.at(0).plateau.type == PlateauType::all_local_minima);
    network.parameters[1] += 1e-3;
    CHECK(judged(data, network, false).verdict == Verdict::not_stationary);
}

TEST_CASE("weight decay: the point is judged, its splits are refused with the reason") {
    const std::vector<double> x{-1.0, 1.0}, y{-1.0, 1.0};
    Dataset data({2, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
    Decay decay;
    decay.weights = decay.outputs = 0.5;
    data.set_decay(decay);
    // identity, w = a = t: (t^2 - 1)^2 + t^2 / 2 has its minimum at t^2 = 3/4.
    Network network(Activation(ActivationKind::identity), Layout{1, 1});
    network.parameters = {std::sqrt(0.75), std::sqrt(0.75)};
    const ModelReport report = judged(data, network, false);
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.decayed);
    CHECK(report.layer->neurons.empty());
    try {
        classify_layer_split(*report.layer, 0, std::vector<double>{0.5, 0.5});
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.status() == Status::unsupported);
        CHECK(std::string(error.what()).find("weight decay") != std::string::npos);
    }
}

TEST_CASE("at a kink of selu nothing is decided") {
    const std::vector<double> x{-1.0, 0.0, 1.0}, y{0.25, 0.5, 0.25};
    const Dataset data({3, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::selu), Layout{1, 1, 1, true});
    network.parameters = {0.0, 0.0, 1.0 / 3.0};
    const ModelReport report = judged(data, network, false);
    CHECK(report.verdict == Verdict::undetermined);
    CHECK(report.rule == Rule::kink);
    CHECK_THROWS_AS(classify_layer_split(*report.layer, 0, std::vector<double>{0.5, 0.5}), Error);
}

TEST_CASE("a network without hidden neurons is judged, too") {
    const std::vector<double> x{-1.0, 0.5, 1.0}, y{1.0, 0.0, 0.5};
    const Dataset data({3, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::tanh), Layout{0, 1, 1, true});
    network.parameters = {0.5};
    const ModelReport report = judged(data, network, false);
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.strict);
    CHECK(report.layer->neurons.empty());
}

TEST_CASE("daughters whose outputs are not multiples of their sum are left to the Hessian") {
    ModelShape shape{LossKind::squared, {1, 2, 2}, ActivationKind::tanh};
    Random random(400, 1);
    const std::optional<PlantedModel> model = plant_model(random, shape);
    REQUIRE(model);
    const Dataset data = model->dataset();
    Network wide = split_model(model->network, 0, {0.5, 0.5});
    CHECK(merge_daughters(wide, 1e-9).narrow.width == 1);
    wide.output(0, 0) += 0.25;
    wide.output(1, 0) -= 0.25;
    CHECK(merge_daughters(wide, 1e-9).narrow.width == 2);
    // tanh is odd: (-w, -a) is the same neuron.
    Network mirrored = split_model(model->network, 0, {0.25, 0.75});
    for (Size j = 0; j < 2; ++j) mirrored.weights(1)[j] *= -1.0;
    for (Size o = 0; o < 2; ++o) mirrored.output(1, o) *= -1.0;
    const MergedDaughters merged = merge_daughters(mirrored, 1e-9);
    CHECK(merged.narrow.width == 1);
    CHECK(merged.groups.at(0).gamma.at(1) == Approx(0.75));
    const ModelReport report = judged(data, mirrored, false);
    CHECK(report.narrow.width == 1);
    if (report.verdict == Verdict::saddle) CHECK(report.witness);
}
