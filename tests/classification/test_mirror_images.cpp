// Daughters of which some stand as the mirror image that an output bias or skip connections make the same
// (MATH.md section 7): judged as the split that they are.
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/model/model.hpp"
#include "classification/planted_models.hpp"
#include "classification/split_cases.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/mirror.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Execution kSerial{1};

struct Found {
    Verdict verdict;
    Size narrow_width;
    std::vector<int> signs;  // of the first group
    IndexBounds index;
    std::optional<Witness> witness;
};

Found judge(const Dataset& data, const Network& network) {
    if (network.output_count == 1) {
        ReductionTolerances reduction;
        reduction.mirrors_beside = true;
        const NetworkReport report = classify_network(data, network, Tolerances{}, reduction, kSerial, {});
        return {report.verdict, report.grouping.narrow.width, report.grouping.groups.at(0).signs,
                report.index, report.witness};
    }
    const ModelReport report = classify_model(data, network, Tolerances{}, false, kSerial);
    return {report.verdict, report.narrow.width, report.groups.at(0).signs, report.index, report.witness};
}

std::optional<PlantedModel> model_of(int number) {
    static const ActivationKind kKinds[] = {ActivationKind::sigmoid, ActivationKind::softplus,
                                            ActivationKind::gelu, ActivationKind::normal_cdf,
                                            ActivationKind::tanh};
    static const LossKind kLosses[] = {LossKind::squared, LossKind::softmax, LossKind::logistic};
    Random random(900, static_cast<std::uint64_t>(number));
    ModelShape shape;
    shape.loss = kLosses[number % 3];
    shape.activation = kKinds[number % 5];
    shape.layout = {1 + number % 2, 2,
                    shape.loss == LossKind::softmax ? 2 + (number / 3) % 2 : 1 + (number / 3) % 3, true,
                    true};
    shape.size = number % 7 == 6 ? 0.9 : 0.05;
    return plant_model(random, shape);
}

double largest_difference(const std::vector<double>& p, const std::vector<double>& q) {
    double most = 0.0;
    for (std::size_t k = 0; k < p.size(); ++k) most = std::max(most, std::abs(p[k] - q[k]));
    return most;
}

}  // namespace

TEST_CASE("a neuron turned over is the same function, turned twice the same neuron") {
    for (int number = 0; number < 10; ++number) {
        const std::optional<PlantedModel> model = model_of(number);
        REQUIRE(model);
        const Dataset data = model->dataset();
        std::vector<double> before(model->targets.size()), after(before);
        Network turned = model->network;
        outputs(data, turned, before.data(), nullptr, kSerial);
        turn_over(0, turned);
        CHECK(turned.weights(0)[0] == -model->network.weights(0)[0]);
        outputs(data, turned, after.data(), nullptr, kSerial);
        CHECK(largest_difference(before, after) < 1e-13);
        turn_over(0, turned);
        CHECK(largest_difference(turned.parameters, model->network.parameters) < 1e-15);
    }
}

TEST_CASE("splits with mirror images among the daughters: verdict, index and ways down of the split") {
    int saddles = 0, minima = 0, falls = 0;
    for (int number = 0; number < 150; ++number) {
        const std::optional<PlantedModel> model = model_of(number);
        REQUIRE(model);
        const Dataset data = model->dataset();
        Random random(901, static_cast<std::uint64_t>(number));
        const Size negative = number % 2, positive = number % 4 < 2 ? 2 : 1;
        const std::vector<double> gamma = random_gamma(random, positive, negative, 0);
        if (gamma.size() < 2) continue;
        const Network split = split_model(model->network, 0, gamma);
        Network turned = split;
        turn_over(1, turned);
        const Found plain = judge(data, split), mirrored = judge(data, turned);
        INFO("case " << number << ", activation " << split.activation.name()
                     << ", K = " << split.output_count);
        REQUIRE(plain.verdict != Verdict::not_stationary);
        CHECK(mirrored.narrow_width == model->network.width);
        CHECK(mirrored.signs.at(1) == -1);
        CHECK(mirrored.verdict == plain.verdict);
        CHECK(mirrored.index.morse_index.least == plain.index.morse_index.least);
        const HessianInertia brute = hessian_inertia(data, turned);
        if (brute.clear) {
            CHECK(mirrored.index.morse_index.least <= brute.negative);
            CHECK(mirrored.index.morse_index.most >= brute.negative);
            CHECK(mirrored.index.nullity.most >= brute.zero);
        }
        ++(plain.verdict == Verdict::saddle ? saddles : minima);
        if (!mirrored.witness) {
            CHECK(!plain.witness);
            continue;
        }
        ++falls;
        // The way is one of the turned network, and the loss is lower at its end.
        CHECK(mirrored.witness->curve(0.0) == turned.parameters);
        CHECK(mirrored.witness->descends());
        Network there = turned;
        there.parameters = mirrored.witness->point;
        const double before = loss(data, turned, kSerial).loss;
        CHECK(loss(data, there, kSerial).loss - before ==
              Approx(mirrored.witness->measured).margin(1e-11 * std::abs(before)).epsilon(1e-4));
        // In second order as predicted, where the step is small.
        if (mirrored.witness->order != 2) continue;
        const double step = 0.002 * mirrored.witness->epsilon;
        there.parameters = mirrored.witness->curve(step);
        const double predicted = mirrored.witness->coefficient * step * step;
        if (std::abs(predicted) > 1e-9 * before)
            CHECK(loss(data, there, kSerial).loss - before == Approx(predicted).epsilon(0.2));
    }
    CHECK(saddles > 60);
    CHECK(minima > 1);
    CHECK(falls > 60);
}
