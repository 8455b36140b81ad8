#include "solve/ends/limit_fit.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/sample_blocks.hpp"
#include "solve/output_fit.hpp"

namespace tepui {
namespace {

constexpr double kRidge = 1e-12;

// Where the coefficients of a feature stand: of output 0, and how far on the next output's is.
struct Place {
    Size first, stride;
};

std::vector<Place> places_of(const BoundaryNetwork& network) {
    std::vector<Place> places;
    for (Size u = 0; u < Size(network.units.size()); ++u)
        for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q)
            places.push_back({network.coefficient_at(u, q), 1});
    if (network.output_bias) places.push_back({network.rest_at(), 1});
    for (Size j = 0; network.skip && j < network.inputs; ++j)
        places.push_back({network.skip_at() + j, network.inputs});
    return places;
}

// The features as inputs of a problem of the same targets.
struct Features {
    std::vector<double> x, targets, weights;
    Features(const Dataset& data, const BoundaryNetwork& network, Size features)
        : x(std::size_t(data.samples() * features)),
          targets(std::size_t(data.samples() * data.outputs())),
          weights(std::size_t(data.samples())) {
        UnitRows rows;
        for_sample_blocks(data, [&](const SampleBlock& block) {
            Size at = 0;
            const auto put = [&](const double* values, Size stride) {
                double* to = x.data() + block.first * features + at++;
                for (Size k = 0; k < block.count; ++k) to[k * features] = values[k * stride];
            };
            for (Size u = 0; u < Size(network.units.size()); ++u) {
                evaluate_unit(network, u, block.first, block.count, block.x.data(), rows);
                for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q)
                    put(rows.value.data() + q * block.count, 1);
            }
            const std::vector<double> ones(std::size_t(block.count), 1.0);
            if (network.output_bias) put(ones.data(), 1);
            for (Size j = 0; network.skip && j < network.inputs; ++j) put(block.x.data() + j, network.inputs);
            for (Size k = 0; k < block.count; ++k) {
                weights[block.first + k] = data.given_weight(block.first + k);
                for (Size o = 0; o < data.outputs(); ++o)
                    targets[(block.first + k) * data.outputs() + o] = data.target(block.first + k, o);
            }
        });
    }
    bool finite() const {
        return std::all_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); });
    }
    Dataset data(const Dataset& of) const {
        DatasetSource source;
        source.samples = of.samples();
        source.features = source.ldx = Size(x.size()) / of.samples();
        source.x = x.data();
        source.targets = targets.data();
        source.weights = weights.data();
        source.outputs = of.outputs();
        source.loss = &of.loss();
        return Dataset(source, false, false, of.scaling());
    }
};

}  // namespace

void fit_coefficients_anew(const Dataset& data, BoundaryNetwork& network, int steps) {
    BoundaryNetwork none = network;
    for (const Place& place : places_of(network))
        for (Size o = 0; o < network.output_count; ++o) none.parameters[place.first + o * place.stride] = 0.0;
    const double given = try_boundary_loss(data, network).value_or(HUGE_VAL);
    if (try_boundary_loss(data, none).value_or(HUGE_VAL) < given) network = std::move(none);
    fit_coefficients(data, network, steps);
}

void fit_coefficients(const Dataset& data, BoundaryNetwork& network, int steps) {
    const std::vector<Place> places = places_of(network);
    const Size features = Size(places.size()), outputs = network.output_count;
    if (features == 0) return;
    const Features of(data, network, features);
    if (!of.finite()) return;
    Network layer(Activation(ActivationKind::tanh), {0, features, outputs, false, true});
    for (Size q = 0; q < features; ++q)
        for (Size o = 0; o < outputs; ++o)
            layer.parameters[layer.coefficient(q, o)] =
                network.parameters[places[q].first + o * places[q].stride];
    if (!fit_outputs(of.data(data), layer, {kRidge, steps})) return;
    for (Size q = 0; q < features; ++q)
        for (Size o = 0; o < outputs; ++o)
            network.parameters[places[q].first + o * places[q].stride] =
                layer.parameters[layer.coefficient(q, o)];
}

}  // namespace tepui
