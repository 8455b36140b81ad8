#include <algorithm>
#include <cmath>
#include <string>

#include "classification/layer/layer.hpp"
#include "classification/layer/output_space.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/parts.hpp"
#include "network/derivatives/kinks.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {
namespace {

// Some of the neurons: g does not depend on what the layer sends out.
Network part_of(const Network& layer, Size first, Size count) {
    Network part(layer.activation, Layout{count, layer.inputs, layer.output_count});
    for (Size i = 0; i < count; ++i) {
        if (!layer.unit_activations.empty())
            part.unit_activations.push_back(layer.unit_activations[static_cast<std::size_t>(first + i)]);
        std::copy_n(layer.weights(first + i), layer.inputs, part.weights(i));
        for (Size o = 0; o < layer.output_count; ++o) part.output(i, o) = layer.output(first + i, o);
    }
    return part;
}

// The layer in coordinates of the space that its inputs span.
struct Projected {
    Projected(const LayerPoint& point, const InputSpace& space_, const Execution& execution) : space(space_) {
        if (space.full()) {
            data = &point.data, layer = &point.layer;
            return;
        }
        own_data.emplace(project(point.data, space, execution));
        own_layer.emplace(project(point.layer, space));
        data = &*own_data, layer = &*own_layer;
    }
    // The direction of weights in the inputs that were given which does the same.
    std::vector<double> given(const std::vector<double>& v) const {
        if (v.empty() || space.full()) return v;
        Network one(layer->activation, Layout{1, layer->inputs, 1});
        std::copy(v.begin(), v.end(), one.weights(0));
        const Network lifted = lift(one, space);
        return {lifted.weights(0), lifted.weights(0) + lifted.inputs};
    }

    const InputSpace& space;
    const Dataset* data;
    const Network* layer;
    std::optional<Dataset> own_data;
    std::optional<Network> own_layer;
};

void check(const LayerPoint& point) {
    const Network& layer = point.layer;
    if (layer.inputs != point.data.inputs())
        throw Error(Status::invalid_size,
                    "the layer has " + std::to_string(layer.inputs) +
                        " inputs, expected those of the data set: " + std::to_string(point.data.inputs()));
    for (Size i = 0; i < layer.width; ++i) {
        if (layer.activation_of(i).derivatives() < 2)
            throw Error(Status::unsupported, "activation " + std::string(layer.activation_of(i).name()) +
                                                 " is not twice differentiable: splits of its neurons are "
                                                 "not classified");
    }
}

// What the first pass over the samples says of the layer as a whole.
struct Overview {
    double norm = 0.0, level = 0.0;  // of the gradient; relative to its terms, the largest
    bool stationary = true;
    PointReport worst;

    void take(const Gradient& gradient, const Tolerances& tolerances) {
        PointReport report;
        const bool is = stationarity(gradient, tolerances, report);
        norm = std::hypot(norm, report.gradient_norm);
        level = std::max(level, gradient.relative_norm());
        if ((stationary && !is) ||
            (stationary == is && !(report.gradient_relative < worst.gradient_relative)))
            worst = report;
        stationary = stationary && is;
    }
};

}  // namespace

LayerReport inspect_layer(const LayerPoint& point, const LayerPoint* other, const NarrowPoint& narrow,
                          const Tolerances& tolerances, bool exact_zeros, const Execution& execution) {
    check(point);
    if (other != nullptr) check(*other);
    const InputSpace space = input_space(point.data, execution);
    const Projected here(point, space, execution);
    std::optional<Projected> there;
    if (other != nullptr) there.emplace(*other, space, execution);
    const Network& layer = *here.layer;
    const Size batch = neurons_at_once(layer);
    LayerReport report(point.layer);
    report.samples = point.data.samples();
    report.rank = space.rank;
    report.narrow = narrow;

    Overview overview;
    std::optional<LayerSums> all;  // where one batch is all of them
    const Matrix idle = idle_outputs(*here.data, part_of(layer, 0, 0), execution);
    report.idle_outputs = idle.rows();
    for (Size first = 0; first < layer.width; first += batch) {
        execution.report_or_throw("layer",
                                  0.5 * static_cast<double>(first) / static_cast<double>(layer.width));
        const Network part = part_of(layer, first, std::min(batch, layer.width - first));
        if (batch >= layer.width) all = layer_sums(*here.data, part, 0, part.width, execution);
        overview.take(all ? all->gradient : gradient(*here.data, part, execution), tolerances);
    }
    report.gradient_norm = overview.norm;
    report.gradient_relative = overview.worst.gradient_relative;
    report.stationarity_tolerance = tolerances.stationarity;
    report.stationary = overview.stationary;
    report.kink = at_kink(*here.data, layer, {}, execution);
    if (!report.stationary || report.kink) return report;

    const SumErrors errors{report.samples, tolerances.rounding_factor, overview.level, nullptr, exact_zeros};
    const bool constant = asks_for_constant(layer) && !constant_direction(*here.data).empty();
    NullDirections null(*here.data, layer, there ? there->data : nullptr, there ? there->layer : nullptr,
                        errors, execution);
    for (Size first = 0; first < layer.width; first += batch) {
        execution.report_or_throw("layer",
                                  0.5 + 0.5 * static_cast<double>(first) / static_cast<double>(layer.width));
        const Network part = part_of(layer, first, std::min(batch, layer.width - first));
        const LayerSums sums = all ? std::move(*all) : layer_sums(*here.data, part, 0, part.width, execution);
        std::optional<LayerSums> nearer;
        if (there)
            nearer =
                layer_sums(*there->data, part_of(*there->layer, first, part.width), 0, part.width, execution);
        for (Size i = 0; i < part.width; ++i) {
            const auto at = static_cast<std::size_t>(i);
            report.neurons.push_back(judge_neuron(sums.neurons[at], nearer ? &nearer->neurons[at] : nullptr,
                                                  part, i, idle, constant, errors, narrow));
            look_along_null_vectors(null, first + i, report.neurons.back());
        }
    }
    for (LayerNeuron& one : report.neurons) {
        one.v = here.given(one.v);
        one.shape.inner.v_negative = here.given(one.shape.inner.v_negative);
        one.shape.inner.v_positive = here.given(one.shape.inner.v_positive);
        if (one.null) one.null->v = here.given(one.null->v);
    }
    return report;
}

}  // namespace tepui
