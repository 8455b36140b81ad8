#include "classification/layer_ways.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace tepui::test {

SeenLayer::SeenLayer(const WrittenNetwork& network) : layer(network.layer()) {
    for (const Real value : network.h(network.theta)) h.push_back(static_cast<double>(value));
    for (const Real value : network.g(network.theta, network.residuals(network.theta, network.m)))
        g.push_back(static_cast<double>(value));
}

Dataset SeenLayer::data() const {
    DatasetSource source;
    source.samples = static_cast<Size>(h.size()) / layer.inputs;
    source.features = source.ldx = layer.inputs;
    source.x = h.data();
    source.targets = g.data();
    source.outputs = layer.output_count;
    source.loss = &linear_loss();
    return Dataset(source, false, false, LossScaling::sum);
}

LayerReport inspected(const WrittenNetwork& network, const NarrowPoint& narrow, bool exact_zeros) {
    const SeenLayer seen(network);
    const Dataset data = seen.data();
    return inspect_layer({data, seen.layer}, nullptr, narrow, Tolerances{}, exact_zeros, Execution{1});
}

bool falls_as_predicted(const WrittenNetwork& network, const LayerReport& report, Size i,
                        const std::vector<double>& gamma) {
    const Real start = network.loss(network.split(i, gamma), network.m + static_cast<Size>(gamma.size()) - 1);
    const double rounding = 100.0 * static_cast<double>(std::numeric_limits<Real>::epsilon() * start);
    bool as_predicted = false;
    for (double epsilon = 0.25; !as_predicted; epsilon /= 2) {
        const LayerWayDown way = layer_way_down(report, i, gamma, epsilon);
        REQUIRE(way.coefficient < 0.0);
        const std::vector<Real> there = network.split(i, way.weights, way.outputs);
        const Real change = network.loss(there, network.m + static_cast<Size>(gamma.size()) - 1) - start;
        const double predicted = way.coefficient * std::pow(epsilon, way.order);
        if (std::abs(predicted) < rounding) return false;
        as_predicted = std::abs(static_cast<double>(change) / predicted - 1.0) < 0.1;
    }
    return true;
}

}  // namespace tepui::test
