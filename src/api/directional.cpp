#include "tepui/directional.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/kink_sets.hpp"
#include "classification/directional/embedding.hpp"
#include "linalg/linear_program.hpp"

struct tepui_directional {
    const tepui::Dataset* data;  // the caller's at unit scale
    tepui::DirectionalReport value;
    tepui::Telling telling;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

struct tepui_directional_embedding {
    tepui_network network;
    tepui::EmbeddingReport value;  // at unit scale
    tepui::Telling telling;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

namespace tepui::api {
namespace {

void require_neuron(const tepui_directional* verdict, Size neuron) {
    require_pointer(verdict, "verdict");
    require_index(neuron, verdict->value.network.width, "neuron", "m");
}

tepui_directional_embedding* made(EmbeddingReport&& report, const Telling& telling) {
    auto result = std::make_unique<tepui_directional_embedding>(
        tepui_directional_embedding{{telling.network(report.network)}, std::move(report), telling});
    result->witness = given_witness(result->value.witness, telling);
    return result.release();
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

// ---- The verdict on a point ----

tepui_status tepui_classify_directional(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, const int64_t* kink_offsets,
                                        const int64_t* kink_samples, tepui_directional** verdict) {
    return guarded(context, [&] {
        require_plain_pair(dataset, network);
        require_pointer(verdict, "verdict");
        DirectionalOptions options = context->options.directional();
        KinkSets exact;
        if (kink_offsets != nullptr) {
            exact = kink_sets(kink_offsets, kink_samples, network->value.width, dataset->value.samples());
            options.kinks.exact = &exact;
        }
        auto result = std::make_unique<tepui_directional>(tepui_directional{
            &dataset->unit(),
            classify_directional(dataset->unit(), at_unit_scale(*network, *dataset),
                                 context->options.tolerances(), options, execution(*context)),
            {dataset->scale()}});
        result->witness = given_witness(result->value.witness, result->telling);
        *verdict = result.release();
    });
}

void tepui_directional_destroy(tepui_directional* verdict) {
    delete verdict;
}

tepui_verdict tepui_directional_verdict(const tepui_directional* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value.verdict);
}

tepui_directional_rule tepui_directional_rule_of(const tepui_directional* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_directional_rule>(verdict->value.rule);
}

const tepui_witness* tepui_directional_witness(const tepui_directional* verdict) {
    return verdict != nullptr && verdict->witness.value != nullptr ? &verdict->witness : nullptr;
}

tepui_status tepui_directional_report(tepui_context* context, const tepui_directional* verdict,
                                      const tepui_report** report) {
    return report_of(context, verdict, "verdict", report,
                     [](const tepui_directional& one) { return directional_report(one.value, one.telling); });
}

tepui_status tepui_directional_kinks(tepui_context* context, const tepui_directional* verdict, int64_t neuron,
                                     const int64_t** samples, int64_t* count) {
    return guarded(context, [&] {
        require_neuron(verdict, neuron);
        const std::vector<Size>& kinks = verdict->value.sums.kinks[static_cast<std::size_t>(neuron)].samples;
        if (samples != nullptr) *samples = kinks.data();
        if (count != nullptr) *count = static_cast<int64_t>(kinks.size());
    });
}

tepui_status tepui_directional_derivative(tepui_context* context, const tepui_directional* verdict,
                                          int64_t neuron, const double* v, double* value, double* tolerance) {
    return guarded(context, [&] {
        require_neuron(verdict, neuron);
        require_pointer(v, "v");
        const DirectionalReport& report = verdict->value;
        require_finite(v, report.network.inputs, "v");
        const KinkForm form = directional_form(*verdict->data, report.sums, neuron, 0, report.tolerances);
        std::vector<double> direction(v, v + report.network.inputs);
        verdict->telling.scale.weights_to_unit(direction.data());
        if (value != nullptr) *value = form.value(direction);
        if (tolerance != nullptr) *tolerance = form.tolerance(direction);
    });
}

// ---- Wider networks ----

tepui_status tepui_classify_replication(tepui_context* context, const tepui_directional* verdict,
                                        int64_t neuron, int64_t r, const double* kappa, const double* a,
                                        tepui_directional_embedding** embedding) {
    return guarded(context, [&] {
        require_neuron(verdict, neuron);
        require_size(r, 1, "r");
        require_daughters(r, verdict->value.network.width, verdict->value.network.inputs);
        require_pointer(a, "a");
        require_pointer(embedding, "embedding");
        require_finite(a, r, "a");
        if (kappa != nullptr) require_finite(kappa, r, "kappa");
        std::vector<double> scales(static_cast<std::size_t>(r), 1.0);
        if (kappa != nullptr) scales.assign(kappa, kappa + r);
        std::vector<double> outputs(a, a + r);
        for (double& output : outputs) output = verdict->telling.scale.output_to_unit(output);
        *embedding = made(classify_replication(*verdict->data, verdict->value, neuron, scales, outputs),
                          verdict->telling);
    });
}

tepui_status tepui_classify_added_neuron(tepui_context* context, const tepui_directional* verdict,
                                         const double* w, double a, tepui_directional_embedding** embedding) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        require_pointer(w, "w");
        require_pointer(embedding, "embedding");
        const Size d = verdict->value.network.inputs;
        require_finite(w, d, "w");
        require_finite(a, "a");
        std::vector<double> weights(w, w + d);
        verdict->telling.scale.weights_to_unit(weights.data());
        *embedding =
            made(classify_added_neuron(*verdict->data, verdict->value, context->options.tolerances(),
                                       context->options.directional(), weights,
                                       verdict->telling.scale.output_to_unit(a), execution(*context)),
                 verdict->telling);
    });
}

void tepui_directional_embedding_destroy(tepui_directional_embedding* embedding) {
    delete embedding;
}

tepui_verdict tepui_directional_embedding_verdict(const tepui_directional_embedding* embedding) {
    return embedding == nullptr ? 0 : static_cast<tepui_verdict>(embedding->value.verdict);
}

tepui_embedding_rule tepui_directional_embedding_rule(const tepui_directional_embedding* embedding) {
    return embedding == nullptr ? 0 : static_cast<tepui_embedding_rule>(embedding->value.rule);
}

const tepui_network* tepui_directional_embedding_network(const tepui_directional_embedding* embedding) {
    return embedding == nullptr ? nullptr : &embedding->network;
}

const tepui_witness* tepui_directional_embedding_witness(const tepui_directional_embedding* embedding) {
    return embedding != nullptr && embedding->witness.value != nullptr ? &embedding->witness : nullptr;
}

tepui_status tepui_directional_embedding_report(tepui_context* context,
                                                const tepui_directional_embedding* embedding,
                                                const tepui_report** report) {
    return report_of(context, embedding, "embedding", report, [](const tepui_directional_embedding& one) {
        return embedding_report(one.value, one.telling);
    });
}

}  // extern "C"
