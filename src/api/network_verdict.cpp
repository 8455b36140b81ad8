#include "tepui/network_verdict.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/split_lists.hpp"
#include "api/together.hpp"

namespace tepui::api {
namespace {

std::unique_ptr<tepui_network_verdict> made(NetworkReport&& report, const tepui_dataset& dataset) {
    std::optional<Analysis> narrow = std::move(report.narrow);
    report.narrow.reset();
    const auto whole = std::make_shared<const Whole>(Whole{std::move(report), dataset.scale()});
    const Telling telling{whole->scale};
    auto result = std::make_unique<tepui_network_verdict>(
        tepui_network_verdict{whole, {telling.network(narrow_in_given_inputs(whole->report))}});
    result->witness = given_witness(whole->report.witness, telling);
    if (narrow) {
        const std::optional<Dataset>& projected = whole->report.projected;
        // Coordinates of the input space have no scale but that of the targets.
        Telling inside{whole->scale, whole};
        if (projected) inside.scale.inputs.clear();
        result->narrow_analysis = std::make_unique<tepui_analysis>(
            tepui_analysis{projected ? &*projected : &dataset.unit(), std::move(*narrow), std::move(inside)});
        result->narrow_analysis->projected = projected.has_value();
        refer_to_witnesses(*result->narrow_analysis);
    }
    return result;
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_classify_network(tepui_context* context, const tepui_dataset* dataset,
                                    const tepui_network* network, tepui_network_verdict** verdict) {
    return guarded_together(context, "tepui_classify_network", [&](Together& together) {
        require_one_output_pair(dataset, network);
        require_pointer(verdict, "verdict");
        together.about(*dataset, &network->value);
        const Options& options = context->options;
        ReductionTolerances reduction = options.reduction();
        reduction.mirrors_beside = true;
        PhaseTimes times;
        Execution how = execution(*context);
        how.times = &times;
        auto result = made(classify_network(dataset->unit(), at_unit_scale(*network, *dataset),
                                            options.tolerances(), reduction, how, options.analysis()),
                           *dataset);
        times.leave();
        if (result->narrow_analysis) result->narrow_analysis->times = std::move(times);
        together.give(std::move(result), verdict);
    });
}

void tepui_network_verdict_destroy(tepui_network_verdict* verdict) {
    delete verdict;
}

tepui_verdict tepui_network_verdict_verdict(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value->report.verdict);
}

tepui_rule tepui_network_verdict_rule(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_rule>(verdict->value->report.rule);
}

const tepui_witness* tepui_network_verdict_witness(const tepui_network_verdict* verdict) {
    return verdict == nullptr || verdict->witness.value == nullptr ? nullptr : &verdict->witness;
}

tepui_status tepui_network_verdict_report(tepui_context* context, const tepui_network_verdict* verdict,
                                          const tepui_report** report) {
    return report_of(context, verdict, "verdict", report, [](const tepui_network_verdict& one) {
        const tepui_analysis* narrow = one.narrow_analysis.get();
        return network_report(*one.value, narrow ? &narrow->value : nullptr,
                              narrow ? narrow->telling : Telling{});
    });
}

const tepui_network* tepui_network_verdict_narrow(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? nullptr : &verdict->narrow;
}

const tepui_analysis* tepui_network_verdict_analysis(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? nullptr : verdict->narrow_analysis.get();
}

tepui_status tepui_classify_splits(tepui_context* context, const tepui_analysis* analysis, int64_t count,
                                   const int64_t* neurons, const int64_t* offsets, const double* gammas,
                                   tepui_split_verdict** verdict) {
    return guarded_together(context, "tepui_classify_splits", [&](Together& together) {
        require_pointer(analysis, "analysis");
        require_stationary(*analysis);
        require_pointer(verdict, "verdict");
        const std::vector<NeuronSplit> splits =
            neuron_splits(analysis->value.network.width, Repeats::refused, count, neurons, offsets, gammas);
        together.about(*analysis->data, &analysis->value.network);
        SplitsReport report = classify_splits(*analysis->data, analysis->value, splits, execution(*context),
                                              context->options.analysis().ways_down);
        auto result = made(std::move(report.whole), splits, *analysis);
        result->parts = report.parts;
        together.give(std::move(result), verdict);
    });
}

}  // extern "C"
