// Planted stationary points through the C functions.
#pragma once

#include "api/fixture.hpp"
#include "support/planted.hpp"

namespace tepui::test {

struct PlantedPoint {
    Planted planted;
    Dataset_ dataset;
    Network_ network;

    PlantedPoint(const Context& context, const PlantedOptions& options) : planted(plant(options).value()) {
        const Network& net = planted.network;
        tepui_activation* sigma = nullptr;
        REQUIRE(tepui_activation_create(context, static_cast<tepui_activation_kind>(net.activation.kind()),
                                        &sigma) == TEPUI_OK);
        const Activation_ owner(sigma);
        tepui_dataset* data = nullptr;
        REQUIRE(tepui_dataset_create(context, planted.samples, planted.features, planted.x.data(),
                                     planted.features, planted.targets.data(),
                                     planted.weights.empty() ? nullptr : planted.weights.data(),
                                     planted.bias ? TEPUI_DATASET_BIAS : 0, &data) == TEPUI_OK);
        dataset.reset(data);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma, net.width, net.inputs, net.weights(0), net.inputs,
                                     net.outputs(), &made) == TEPUI_OK);
        network.reset(made);
    }

    // With all ways down; the context goes on looking for them.
    Analysis_ analyze(const Context& context) const {
        tepui_analysis* made = nullptr;
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
        REQUIRE(tepui_analyze(context, dataset.get(), network.get(), &made) == TEPUI_OK);
        return Analysis_(made);
    }
};

}  // namespace tepui::test
