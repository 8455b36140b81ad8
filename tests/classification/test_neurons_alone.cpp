// Neurons of a point whose Hessian is not looked at: what is said of them is what is said with it.
#include <cmath>

#include "classification/model/model.hpp"
#include "classification/planted_models.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("neurons alone have the slopes and inner Hessians that they have with the point") {
    int saddles = 0, compared = 0;
    for (int number = 0; number < 18; ++number) {
        Random random(70, static_cast<std::uint64_t>(number));
        ModelShape shape;
        shape.loss = number % 3 == 0   ? LossKind::softmax
                     : number % 3 == 1 ? LossKind::squared
                                       : LossKind::logistic;
        shape.layout = {2, 2, 2 + number % 2, number % 2 == 1, number % 4 == 2};
        shape.size = 0.3;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) continue;
        const Dataset data = model->dataset();
        const ModelReport whole = classify_model(data, model->network, Tolerances{}, false, Execution{1});
        const ModelReport alone =
            classify_model(data, model->network, Tolerances{}, false, Execution{1}, AnalysisScope::neurons);
        INFO("case " << number);
        REQUIRE(alone.layer->neurons.size() == 2);
        CHECK(alone.verdict == Verdict::undetermined);
        CHECK(alone.rule == Rule::neurons_alone);
        CHECK(!alone.hessian.counted);
        for (std::size_t i = 0; i < 2; ++i) {
            const LayerNeuron &one = alone.layer->neurons[i], &with = whole.layer->neurons[i];
            // Wider errors may leave more open, never say something else.
            CHECK(one.shape.slopes.rank.least <= with.shape.slopes.rank.most);
            CHECK(one.shape.slopes.rank.most >= with.shape.slopes.rank.least);
            ++compared;
            if (one.shape.slopes.rank.least == 0) continue;
            ++saddles;
            CHECK(one.plateau.type == PlateauType::all_saddles);
            const LayerSplit split =
                classify_layer_split(*alone.layer, static_cast<Size>(i), std::vector<double>{0.4, 0.6});
            CHECK(split.verdict == Verdict::saddle);
            CHECK(!split.index);
            const Network wide = split_model(model->network, static_cast<Size>(i), {0.4, 0.6});
            const HessianInertia brute = hessian_inertia(data, wide);
            if (brute.clear) CHECK(brute.negative > 0);
            // The wide network as it is: a saddle by its daughters, with a way down.
            const ModelReport apart =
                classify_model(data, wide, Tolerances{}, false, Execution{1}, AnalysisScope::neurons);
            CHECK(apart.verdict == Verdict::saddle);
            REQUIRE(apart.witness);
            CHECK(apart.witness->descends());
        }
    }
    CHECK((saddles > 15 && compared > 20));
}

TEST_CASE("neurons alone under weight decay and at a moving point are none") {
    Random random(71, 2);
    ModelShape shape;
    shape.layout = {1, 2, 2, false, false};
    const std::optional<PlantedModel> model = plant_model(random, shape);
    REQUIRE(model);
    Dataset data = model->dataset();
    Network moved = model->network;
    moved.parameters[0] += 0.1;
    const ModelReport moving =
        classify_model(data, moved, Tolerances{}, false, Execution{1}, AnalysisScope::neurons);
    CHECK(moving.verdict == Verdict::not_stationary);
    CHECK(moving.layer->neurons.empty());
}
