#include "tepui/model_verdict.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/split_lists.hpp"
#include "api/together.hpp"
#include "classification/model/model.hpp"

namespace tepui::api {
namespace {

tepui_model_verdict* made(ModelReport&& report) {
    const std::shared_ptr<const LayerReport> layer = report.layer;
    Network narrow = report.narrow;
    auto result = std::make_unique<tepui_model_verdict>(
        tepui_model_verdict{std::move(report), tepui_layer{layer}, {std::move(narrow)}});
    result->witness = given_witness(result->value.witness, {});
    return result.release();
}

}  // namespace

void require_data_of(const ModelReport& verdict, const Dataset& data) {
    const std::pair<const char*, std::pair<Size, Size>> sizes[] = {
        {"samples", {data.samples(), verdict.layer->samples}},
        {"inputs", {data.inputs(), verdict.narrow.inputs}},
        {"targets a sample", {data.outputs(), verdict.narrow.output_count}}};
    for (const auto& [name, size] : sizes) {
        if (size.first != size.second)
            throw Error(Status::invalid_size, "dataset has " + std::to_string(size.first) + " " + name +
                                                  ", the " + std::to_string(size.second) +
                                                  " of the verdict's data are expected");
    }
}

}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_classify_model(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, tepui_model_verdict** verdict) {
    return guarded_together(context, "tepui_classify_model", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(verdict, "verdict");
        together.about(*dataset, &network->value);
        const AnalysisOptions options = context->options.analysis();
        together.give(made(classify_model(dataset->value, network->value, context->options.tolerances(),
                                          false, execution(*context), options.scope, options.hessian_method)),
                      verdict);
    });
}

tepui_status tepui_classify_model_splits(tepui_context* context, const tepui_dataset* dataset,
                                         const tepui_model_verdict* verdict, int64_t count,
                                         const int64_t* neurons, const int64_t* offsets, const double* gammas,
                                         tepui_model_verdict** split) {
    return guarded_together(context, "tepui_classify_model_splits", [&](Together& together) {
        require_pointer(dataset, "dataset");
        require_pointer(verdict, "verdict");
        const Network& narrow = verdict->value.narrow;
        require_data_of(verdict->value, dataset->value);
        require_pointer(split, "split");
        const std::vector<NeuronSplit> splits =
            neuron_splits(narrow.width, Repeats::refused, count, neurons, offsets, gammas);
        Size width = narrow.width - count;
        for (const NeuronSplit& one : splits) width += static_cast<Size>(one.gamma.size());
        require_addressable(width, narrow.inputs + narrow.output_count, "gammas", "the split network");
        together.about(*dataset, &narrow);
        together.give(
            made(classify_model_splits(dataset->value, verdict->value, splits, execution(*context))), split);
    });
}

void tepui_model_verdict_destroy(tepui_model_verdict* verdict) {
    delete verdict;
}

tepui_verdict tepui_model_verdict_verdict(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value.verdict);
}

tepui_rule tepui_model_verdict_rule(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_rule>(verdict->value.rule);
}

tepui_status tepui_model_verdict_report(tepui_context* context, const tepui_model_verdict* verdict,
                                        const tepui_report** report) {
    return report_of(context, verdict, "verdict", report,
                     [](const tepui_model_verdict& one) { return model_report(one.value); });
}

const tepui_witness* tepui_model_verdict_witness(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? nullptr : shown(verdict->witness);
}

const tepui_network* tepui_model_verdict_narrow(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? nullptr : &verdict->narrow;
}

const tepui_layer* tepui_model_verdict_layer(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? nullptr : &verdict->layer;
}

}  // extern "C"
