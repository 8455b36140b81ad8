#include "tepui/layer.h"

#include <cmath>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "classification/layer/layer.hpp"

struct tepui_layer_split {
    tepui::LayerSplit value;
    std::vector<double> gamma;
    tepui::api::CachedReport report = {};
};

using namespace tepui;
using namespace tepui::api;

namespace {

NarrowPoint narrow_point(tepui_verdict narrow, Size morse_index, Size nullity) {
    const auto verdict = static_cast<Verdict>(narrow);
    if (verdict != Verdict::local_minimum && verdict != Verdict::saddle && verdict != Verdict::undetermined)
        throw Error(Status::invalid_value, "narrow is " + std::to_string(narrow) +
                                               ", TEPUI_VERDICT_LOCAL_MINIMUM, _SADDLE or _UNDETERMINED is "
                                               "expected");
    for (const auto& [value, name] : {std::pair(morse_index, "morse_index"), std::pair(nullity, "nullity")}) {
        if (value >= -1 && value <= kMostNumbers) continue;
        throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(value) +
                                              ", a number of eigenvalues or -1 (not known) is expected");
    }
    NarrowPoint point;
    point.verdict = verdict;
    point.definite = verdict == Verdict::local_minimum && nullity == 0;
    if (morse_index >= 0 && nullity >= 0)
        point.index = IndexBounds{{morse_index, morse_index}, {nullity, nullity}};
    return point;
}

// The samples with g, their targets, as what pulls at the outputs.
Dataset pulled(const Dataset& data) {
    const Size outputs = data.outputs();
    Buffer<double> g(checked_product(data.samples(), outputs));
    for (Size k = 0; k < data.samples(); ++k)
        for (Size o = 0; o < outputs; ++o) g[k * outputs + o] = data.target(k, o);
    return data.with_targets(std::move(g), linear_loss());
}

void require_neuron(const tepui_layer* layer, Size neuron, Size r, const double* gamma) {
    require_pointer(layer, "layer");
    require_index(neuron, layer->value->layer.width, "neuron", "m");
    require_size(r, 2, "r");
    require_daughters(r, layer->value->layer.width, layer->value->layer.inputs);
    require_pointer(gamma, "gamma");
    require_finite(gamma, r, "gamma");
}

}  // namespace

extern "C" {

tepui_status tepui_inspect_layer(tepui_context* context, const tepui_dataset* dataset,
                                 const tepui_network* network, tepui_verdict narrow, int64_t morse_index,
                                 int64_t nullity, tepui_layer** layer) {
    return guarded_together(context, "tepui_inspect_layer", [&](Together& together) {
        require_pair(dataset, network);
        const NarrowPoint point = narrow_point(narrow, morse_index, nullity);
        require_pointer(layer, "layer");
        together.about(*dataset, &network->value);
        const Dataset data = pulled(dataset->value);
        auto report = std::make_shared<const LayerReport>(inspect_layer({data, network->value}, nullptr,
                                                                        point, context->options.tolerances(),
                                                                        false, execution(*context)));
        auto result = std::make_unique<tepui_layer>(tepui_layer{std::move(report)});
        together.give(std::move(result), layer);
    });
}

void tepui_layer_destroy(tepui_layer* layer) {
    delete layer;
}

tepui_status tepui_layer_report(tepui_context* context, const tepui_layer* layer,
                                const tepui_report** report) {
    return report_of(context, layer, "layer", report,
                     [](const tepui_layer& one) { return layer_report(*one.value); });
}

tepui_status tepui_classify_layer_split(tepui_context* context, const tepui_layer* layer, int64_t neuron,
                                        int64_t r, const double* gamma, tepui_layer_split** split) {
    return guarded(context, [&] {
        require_neuron(layer, neuron, r, gamma);
        require_pointer(split, "split");
        const std::span<const double> shares(gamma, static_cast<std::size_t>(r));
        auto result = std::make_unique<tepui_layer_split>(tepui_layer_split{
            classify_layer_split(*layer->value, neuron, shares), {shares.begin(), shares.end()}});
        *split = result.release();
    });
}

void tepui_layer_split_destroy(tepui_layer_split* split) {
    delete split;
}

tepui_verdict tepui_layer_split_verdict(const tepui_layer_split* split) {
    return split == nullptr ? 0 : static_cast<tepui_verdict>(split->value.verdict);
}

tepui_rule tepui_layer_split_rule(const tepui_layer_split* split) {
    return split == nullptr ? 0 : static_cast<tepui_rule>(split->value.rule);
}

tepui_status tepui_layer_split_report(tepui_context* context, const tepui_layer_split* split,
                                      const tepui_report** report) {
    return report_of(context, split, "split", report,
                     [](const tepui_layer_split& one) { return layer_split_report(one.value, one.gamma); });
}

tepui_status tepui_layer_way_down(tepui_context* context, const tepui_layer* layer, int64_t neuron, int64_t r,
                                  const double* gamma, double epsilon, double* w, double* a,
                                  double* predicted) {
    return guarded(context, [&] {
        require_neuron(layer, neuron, r, gamma);
        require_finite(epsilon, "epsilon");
        if (epsilon < 0.0)
            throw Error(Status::invalid_value,
                        "epsilon is " + number_text(epsilon) + ", a number >= 0 is expected");
        require_pointer(predicted, "predicted");
        const LayerWayDown way =
            layer_way_down(*layer->value, neuron, {gamma, static_cast<std::size_t>(r)}, epsilon);
        const auto write = [](const Matrix& rows, double* to) {
            if (to != nullptr) std::copy_n(rows.data(), rows.rows() * rows.cols(), to);
        };
        write(way.weights, w);
        write(way.outputs, a);
        *predicted = way.coefficient * std::pow(epsilon, way.order);
    });
}

}  // extern "C"
