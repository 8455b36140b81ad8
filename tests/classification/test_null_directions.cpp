// Null vectors of H_i (MATH.md section 14): outputs that bend and third orders against the loss along the way
// down, continuous symmetries against brute force.
#include <cmath>

#include "classification/layer_ways.hpp"
#include "classification/model/model.hpp"
#include "classification/model_ways.hpp"
#include "classification/planted_models.hpp"
#include "classification/point/analysis.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

ModelReport judged(const Dataset& data, const Network& network, bool exact_zeros) {
    return classify_model(data, network, Tolerances{}, exact_zeros, Execution{1});
}

// The loss is lower where the way ends. False: nowhere beyond rounding.
bool falls(const Dataset& data, const ModelReport& report) {
    if (!report.witness) return false;
    check_witness(data, report);
    return true;
}

// The same squared loss with the outputs reflected so that this direction becomes the last output.
PlantedModel with_last_output_along(const PlantedModel& model, std::vector<double> direction) {
    double square = 0.0;
    for (const double d : direction) square += d * d;
    for (double& d : direction) d /= std::sqrt(square);
    direction.back() -= 1.0;
    square = 0.0;
    for (const double d : direction) square += d * d;
    const std::size_t outputs = direction.size();
    const auto reflect = [&](double* y) {
        double along = 0.0;
        for (std::size_t o = 0; o < outputs; ++o) along += 2.0 / square * direction[o] * y[o];
        for (std::size_t o = 0; o < outputs; ++o) y[o] -= along * direction[o];
    };
    PlantedModel result = model;
    for (double* y = result.targets.data(); y < result.targets.data() + result.targets.size(); y += outputs)
        reflect(y);
    Network& network = result.network;
    std::vector<double> a(outputs);
    for (Size q = 0; q < network.features(); ++q) {
        for (std::size_t o = 0; o < outputs; ++o)
            a[o] = network.parameters[network.coefficient(q, static_cast<Size>(o))];
        reflect(a.data());
        for (std::size_t o = 0; o < outputs; ++o)
            network.parameters[network.coefficient(q, static_cast<Size>(o))] = a[o];
    }
    return result;
}

}  // namespace

TEST_CASE("null vectors of H_i: where some output bends, or a third order is left, every split is a saddle") {
    static const ActivationKind kKinds[] = {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::silu};
    using Null = WrittenNetwork::Null;
    const double third = 1.0 / 3.0;
    const std::vector<std::vector<double>> shapes{
        {0.5, 0.5},     {0.25, 0.75}, {1.0, 0.0}, {2.0, -1.0}, {third, third, 1.0 - 2.0 * third},
        {0.5, 0.5, 0.0}};
    int bent = 0, cubic = 0, seen = 0, hidden = 0;
    for (int number = 0; number < 36; ++number) {
        const Size outputs = 1 + number % 3;
        const Null null = number % 4 == 0 ? Null::straight : number % 4 == 1 ? Null::no_third : Null::inner;
        Random random(70, static_cast<std::uint64_t>(number));
        const Size parameters = 4 + 2 + outputs + 2 * outputs + 3 + outputs;
        WrittenNetwork network =
            three_layers(random, 2, 2, 1, outputs, parameters / outputs + 8, kKinds[(number / 3) % 3]);
        REQUIRE(network.plant(random, 0.02L, 1, null));
        const NarrowPoint minimum{Verdict::local_minimum, true, std::nullopt};
        const LayerReport report = inspected(network, minimum, true);
        REQUIRE(report.stationary);
        const LayerNeuron& one = report.neurons.front();
        INFO("case " << number << ", K = " << outputs);
        REQUIRE(one.shape.slopes.rank.most == 0);
        REQUIRE(one.shape.inner.inertia.zero == 1);
        if (null == Null::no_third) {
            CHECK_FALSE(one.null);
            CHECK(one.plateau.rule == Rule::semidefinite_inner_hessian);
            continue;
        }
        REQUIRE(one.null);
        // One output is along a_i: it does not bend.
        CHECK(one.null->bend.empty() == (outputs == 1 || null == Null::straight));
        CHECK(one.plateau.type == PlateauType::all_saddles);
        CHECK(one.plateau.rule == Rule::third_order);
        ++(one.null->bend.empty() ? cubic : bent);
        for (const std::vector<double>& gamma : shapes) {
            INFO("gamma " << gamma[0] << ", " << gamma[1] << ", " << gamma.size());
            CHECK(classify_layer_split(report, 0, gamma).verdict == Verdict::saddle);
            ++(falls_as_predicted(network, report, 0, gamma) ? seen : hidden);
        }
    }
    CHECK(bent > 8);
    CHECK(cubic > 8);
    CHECK(hidden < seen / 5);
}

// What K = 1 says of the logistic loss of f_1 - f_2 holds of the softmax of two classes.
TEST_CASE("two classes with a singular inner Hessian: third order makes saddles, as of one output") {
    const std::vector<std::vector<double>> gammas{{0.5, 0.5}, {0.3, 0.7}, {2.0, -1.0}, {0.2, 0.3, 0.5}};
    int saddles = 0, seen = 0, hidden = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        ModelShape shape{LossKind::softmax, {1, 2, 2, true, false}, ActivationKind::tanh};
        shape.null = 1;
        Random random(310, seed);
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network, true);
        if (report.verdict != Verdict::local_minimum) continue;
        const LayerNeuron& one = report.layer->neurons.at(0);
        REQUIRE(one.null);
        CHECK(one.null->bend.empty());
        CHECK(one.plateau.rule == Rule::third_order);
        PlantedModel logistic = *model;
        logistic.loss = &logistic_loss();
        logistic.network = Network(model->network.activation, Layout{1, 2, 1, true});
        logistic.targets.clear();
        for (Size k = 0; k < model->samples; ++k) logistic.targets.push_back(model->targets[2 * k]);
        std::copy_n(model->network.weights(0), 2, logistic.network.weights(0));
        for (Size q = 0; q < 2; ++q)
            logistic.network.parameters[logistic.network.coefficient(q, 0)] =
                model->network.parameters[model->network.coefficient(q, 0)] -
                model->network.parameters[model->network.coefficient(q, 1)];
        AnalysisOptions options;
        options.exact_zeros = true;
        const Dataset of_one = logistic.dataset();
        const Analysis analysis = analyze(of_one, logistic.network, Tolerances{}, Execution{1}, options);
        REQUIRE(analysis.neurons.size() == 1);
        CHECK(analysis.neurons[0].rule == Rule::third_order);
        CHECK(std::abs(analysis.neurons[0].third) ==
              Approx(std::abs(one.null->third)).epsilon(1e-6).margin(0.0));
        for (const std::vector<double>& gamma : gammas) {
            const NeuronSplit split{0, gamma};
            const ModelReport wide = classify_model_splits(data, report, {&split, 1}, Execution{1});
            CHECK(wide.verdict == Verdict::saddle);
            ++(falls(data, wide) ? seen : hidden);
        }
        ++saddles;
    }
    CHECK(saddles > 3);
    CHECK(hidden < seen);
}

TEST_CASE("an output that bends along a null vector of the inner Hessian: every split is a saddle") {
    const std::vector<std::vector<double>> gammas{
        {0.5, 0.5}, {0.3, 0.7}, {2.0, -1.0}, {1.0, 0.0}, {0.2, 0.3, 0.5}};
    int bent = 0, hidden = 0;
    for (int number = 0; number < 12; ++number) {
        static const LossKind kLosses[] = {LossKind::squared, LossKind::logistic, LossKind::softmax};
        ModelShape shape{
            kLosses[number % 3], {1 + number % 2, 2, 3, number % 4 == 1, false}, ActivationKind::tanh};
        shape.flat = shape.null = 1;
        shape.size = 0.05;
        Random random(320, static_cast<std::uint64_t>(number));
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network, true);
        if (report.verdict != Verdict::local_minimum) continue;
        const LayerNeuron& one = report.layer->neurons.at(0);
        INFO("case " << number);
        REQUIRE(one.null);
        CHECK(one.null->bend.size() == 3);
        if (shape.loss == LossKind::squared) {
            const PlantedModel turned = with_last_output_along(*model, one.null->bend);
            const Dataset of_turned = turned.dataset();
            const ModelReport last = judged(of_turned, turned.network, true);
            REQUIRE(last.layer);
            REQUIRE(last.layer->neurons.at(0).null);
            CHECK(last.layer->neurons[0].null->bend.size() == 3);
        }
        CHECK(one.plateau.type == PlateauType::all_saddles);
        for (const std::vector<double>& gamma : gammas) {
            const NeuronSplit split{0, gamma};
            const ModelReport wide = classify_model_splits(data, report, {&split, 1}, Execution{1});
            CHECK(wide.verdict == Verdict::saddle);
            ++(falls(data, wide) ? bent : hidden);
        }
        // Without the planted zeros nothing is said.
        const ModelReport open = judged(data, model->network, false);
        CHECK_FALSE(open.layer->neurons.at(0).null);
    }
    CHECK(bent > 20);
    CHECK(hidden < bent / 3);
}

// sigma(cz) = c^p sigma(z) makes H_i w_i = 0, exp beside a constant input H_i e = 0. Psi_i = 0 of one output
// and of two classes.
TEST_CASE("activations with a continuous symmetry: minima across it, by brute force") {
    int minima = 0, saddles = 0;
    for (int number = 0; number < 40; ++number) {
        const bool classes = number % 4 == 3, exponential = number % 3 == 2;
        ModelShape shape{classes ? LossKind::softmax : LossKind::squared,
                         {1, 2, classes ? 2 : 1, number % 2 == 1, false},
                         exponential ? ActivationKind::exp : ActivationKind::cube};
        Random random(330, static_cast<std::uint64_t>(number));
        shape.constant_input = exponential;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network, false);
        INFO("case " << number);
        CHECK(gauge_dimension(data, model->network) ==
              1 + (classes ? 1 + (shape.layout.output_bias ? 1 : 0) : 0));
        if (report.verdict != Verdict::local_minimum) continue;
        const LayerNeuron& one = report.layer->neurons.at(0);
        CHECK(one.shape.slopes.rank.most == 0);
        // Some classes are told apart so well that all of H_i is within rounding.
        if (one.shape.inner.inertia.zero != 1 || !one.shape.inner.clear()) continue;
        REQUIRE(one.plateau.rule == Rule::theorem_1_across_symmetry);
        const bool plus = one.plateau.minima == GammaRegion::gamma_plus;
        for (const std::vector<double>& gamma :
             {std::vector<double>{0.3, 0.7}, {2.0, -1.0}, {0.2, 0.3, 0.5}, {2.0, -0.5, -0.5}}) {
            const bool minimum = (gamma[1] > 0.0) == plus;
            const NeuronSplit split{0, gamma};
            const ModelReport wide = classify_model_splits(data, report, {&split, 1}, Execution{1});
            CHECK(wide.verdict == (minimum ? Verdict::local_minimum : Verdict::saddle));
            const HessianInertia brute = hessian_inertia(data, wide.network);
            if (!brute.clear) continue;
            CHECK((brute.negative == 0) == minimum);
            CHECK(wide.index.morse_index.least <= brute.negative);
            CHECK(wide.index.morse_index.most >= brute.negative);
            CHECK(wide.index.nullity.least <= brute.zero);
            CHECK(wide.index.nullity.most >= brute.zero);
            ++(minimum ? minima : saddles);
        }
    }
    CHECK(minima > 10);
    CHECK(saddles > 10);
}
