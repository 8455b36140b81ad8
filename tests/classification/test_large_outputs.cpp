// Networks of several outputs and moderate size, judged and split by products with their Hessian alone, as
// those are that are too large to form it, against the dense verdicts (MATH.md sections 10, 14).
#include <cmath>

#include "classification/model/model.hpp"
#include "classification/planted_models.hpp"
#include "classification/point/cost_model.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Execution kSerial{1};

ModelReport judged(const Dataset& data, const Network& network, HessianMethod method) {
    return classify_model(data, network, Tolerances{}, false, kSerial, AnalysisScope::complete, method);
}

bool within(const IndexBounds& outer, const IndexBounds& inner) {
    return outer.morse_index.least <= inner.morse_index.least &&
           inner.morse_index.most <= outer.morse_index.most && outer.nullity.least <= inner.nullity.least &&
           inner.nullity.most <= outer.nullity.most;
}

}  // namespace

TEST_CASE("points and splits of many parameters: products say what the dense Hessian says") {
    struct Case {
        LossKind loss;
        double size;
        bool saddle;
    };
    for (const Case& one : {Case{LossKind::squared, 0.05, false}, Case{LossKind::softmax, 0.05, false},
                            Case{LossKind::logistic, 0.05, false}, Case{LossKind::squared, 1.0, true},
                            Case{LossKind::softmax, 0.95, true}}) {
        Random random(61, static_cast<std::uint64_t>(one.loss));
        ModelShape shape;
        shape.loss = one.loss;
        shape.layout = {10, 8, 5, true, false};
        shape.size = one.size;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        const Dataset data = model->dataset();
        const ModelReport dense = judged(data, model->network, HessianMethod::dense);
        const ModelReport free = judged(data, model->network, HessianMethod::matrix_free);
        CAPTURE(name_of(one.loss), one.size, name_of(dense.verdict), name_of(free.verdict));
        REQUIRE((dense.verdict == Verdict::saddle || dense.verdict == Verdict::local_minimum));
        if (one.saddle) CHECK(dense.verdict == Verdict::saddle);
        CHECK(free.verdict ==
              (dense.verdict == Verdict::saddle ? Verdict::saddle : Verdict::indicated_minimum));
        REQUIRE(free.evidence);
        CHECK(within(free.index, dense.index));
        CHECK((free.witness && free.witness->descends()) == (dense.verdict == Verdict::saddle));
        for (const Size neuron : {0, 7}) {
            for (const std::vector<double>& gamma : {std::vector{0.3, 0.7}, std::vector{1.5, -0.9, 0.4}}) {
                CAPTURE(neuron, gamma);
                const NeuronSplit splits[] = {{neuron, gamma}};
                const ModelReport by_dense = classify_model_splits(data, dense, splits, kSerial);
                const ModelReport by_products = classify_model_splits(data, free, splits, kSerial);
                // Psi_i is not zero: a saddle, whatever the point is.
                CHECK(by_dense.verdict == Verdict::saddle);
                CHECK(by_products.verdict == Verdict::saddle);
                CHECK(by_products.rule == by_dense.rule);
                CHECK(within(by_products.index, by_dense.index));
                REQUIRE(by_products.witness);
                const Witness& way = *by_products.witness;
                Network there = by_products.network;
                REQUIRE(there.width == model->network.width + static_cast<Size>(gamma.size()) - 1);
                there.parameters = way.curve(way.epsilon);
                CHECK(loss(data, there, kSerial).loss < by_products.loss);
                const HessianInertia wide = hessian_inertia(data, by_products.network);
                if (wide.clear) CHECK(by_products.index.morse_index.least <= wide.negative);
                if (wide.clear) CHECK(by_products.index.morse_index.most >= wide.negative);
            }
        }
    }
}

TEST_CASE("the Hessian is left unformed by the number of all parameters, whatever they belong to") {
    CHECK(chosen_hessian_method({}, kLargestDenseHessian) == HessianMethod::dense);
    CHECK(chosen_hessian_method({}, kLargestDenseHessian + 1) == HessianMethod::matrix_free);
    // 100 neurons of 50 inputs: 5,101 parameters of one output, 6,010 of ten.
    for (const Size outputs : {1, 10}) {
        const Layout layout{100, 50, outputs, true, false};
        CHECK(chosen_hessian_method({}, layout.parameter_count()) ==
              (outputs == 1 ? HessianMethod::dense : HessianMethod::matrix_free));
    }
}
