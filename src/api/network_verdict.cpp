#include "tepui/network_verdict.h"

#include <algorithm>
#include <limits>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/index_bounds.hpp"
#include "api/split_lists.hpp"

namespace tepui::api {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const NeuronGroup& group_of(const tepui_network_verdict* verdict, Size group) {
    require_pointer(verdict, "verdict");
    const auto& groups = verdict->value->report.grouping.groups;
    require_index(group, static_cast<Size>(groups.size()), "group", "the number of groups");
    return groups[static_cast<std::size_t>(group)];
}

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
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(network, "network");
        require_same_inputs(*dataset, *network);
        require_pointer(verdict, "verdict");
        const Options& options = context->options;
        PhaseTimes times;
        Execution how = execution(*context);
        how.times = &times;
        auto result =
            made(classify_network(dataset->unit(), at_unit_scale(*network, *dataset), options.tolerances(),
                                  options.reduction(), how, options.analysis()),
                 *dataset);
        times.leave();
        if (result->narrow_analysis) result->narrow_analysis->times = std::move(times);
        *verdict = result.release();
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

int32_t tepui_network_verdict_is_strict(const tepui_network_verdict* verdict) {
    return verdict != nullptr && verdict->value->report.strict ? 1 : 0;
}

int32_t tepui_network_verdict_is_global(const tepui_network_verdict* verdict) {
    return verdict != nullptr && verdict->value->report.global ? 1 : 0;
}

double tepui_network_verdict_loss(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value->scale.given_loss(verdict->value->report.loss);
}

double tepui_network_verdict_gradient_norm(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value->report.gradient_norm;
}

double tepui_network_verdict_gradient_relative(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value->report.gradient_relative;
}

double tepui_network_verdict_stationarity_tolerance(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value->report.stationarity_tolerance;
}

int64_t tepui_network_verdict_morse_index(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? -1 : known_count(verdict->value->report.index.morse_index);
}

int64_t tepui_network_verdict_nullity(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? -1 : known_count(verdict->value->report.index.nullity);
}

tepui_status tepui_network_verdict_index_bounds(tepui_context* context, const tepui_network_verdict* verdict,
                                                int64_t* index_least, int64_t* index_most,
                                                int64_t* nullity_least, int64_t* nullity_most) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        give_bounds(verdict->value->report.index, index_least, index_most, nullity_least, nullity_most);
    });
}

int64_t tepui_network_verdict_data_nullity(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? 0 : verdict->value->report.data_nullity;
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

int64_t tepui_network_verdict_rank(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? 0 : verdict->value->report.space.rank;
}

tepui_status tepui_network_verdict_singular_values(tepui_context* context,
                                                   const tepui_network_verdict* verdict, double* tolerance,
                                                   double* smallest_kept, double* largest_dropped) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        const InputSpace& space = verdict->value->report.space;
        if (tolerance != nullptr) *tolerance = space.tolerance;
        if (smallest_kept != nullptr) *smallest_kept = space.smallest_kept;
        if (largest_dropped != nullptr) *largest_dropped = space.largest_dropped;
    });
}

int64_t tepui_network_verdict_fitted_samples(const tepui_network_verdict* verdict, int64_t* samples) {
    if (verdict == nullptr || !verdict->value->report.fitted) return 0;
    const std::vector<Size>& found = verdict->value->report.fitted->samples;
    if (samples != nullptr) std::copy(found.begin(), found.end(), samples);
    return static_cast<int64_t>(found.size());
}

const tepui_network* tepui_network_verdict_narrow(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? nullptr : &verdict->narrow;
}

const tepui_analysis* tepui_network_verdict_analysis(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? nullptr : verdict->narrow_analysis.get();
}

tepui_status tepui_network_verdict_lift(tepui_context* context, const tepui_network_verdict* verdict,
                                        int64_t width, const int64_t* parents, const double* parameters,
                                        double* lifted) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        const NetworkReport& report = verdict->value->report;
        const Network& narrow = report.grouping.narrow;
        require_size(width, 1, "width");
        require_addressable(width, std::max(narrow.inputs, report.network.inputs) + 1, "width", "lifted");
        require_pointer(parents, "parents");
        require_pointer(parameters, "parameters");
        require_pointer(lifted, "lifted");
        for (Size i = 0; i < width; ++i)
            require_index(parents[i], narrow.width, element("parents", i).c_str(), "the narrow network's m");
        Network moved(narrow.activation, width, narrow.inputs);
        require_finite(parameters, moved.parameter_count(), "parameters");
        std::copy_n(parameters, moved.parameter_count(), moved.parameters.data());
        UnitScale scale = verdict->value->scale;
        if (report.projected) scale.inputs.clear();
        scale.to_unit(moved);
        Lifted found = in_given_inputs(report, std::move(moved), {parents, static_cast<std::size_t>(width)});
        if (!found.fitted) {
            throw Error(Status::numeric,
                        "no weights near those of the given network keep the samples that are set apart "
                        "fitted there");
        }
        verdict->value->scale.to_given(found.network);
        std::copy(found.network.parameters.begin(), found.network.parameters.end(), lifted);
    });
}

int64_t tepui_network_verdict_groups(const tepui_network_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<int64_t>(verdict->value->report.grouping.groups.size());
}

tepui_status tepui_network_verdict_group(tepui_context* context, const tepui_network_verdict* verdict,
                                         int64_t group, tepui_group_kind* kind, int64_t* members,
                                         tepui_verdict* group_verdict, tepui_rule* rule, int64_t* inertia) {
    return guarded(context, [&] {
        const NeuronGroup& neurons = group_of(verdict, group);
        const bool judged = !verdict->value->report.groups.empty();
        const GroupReport report = judged
                                       ? verdict->value->report.groups[static_cast<std::size_t>(group)]
                                       : GroupReport{Verdict::not_stationary, Rule::gradient_test, {}, false};
        if (kind != nullptr) *kind = static_cast<tepui_group_kind>(neurons.kind);
        if (members != nullptr) *members = static_cast<int64_t>(neurons.members.size());
        if (group_verdict != nullptr) *group_verdict = static_cast<tepui_verdict>(report.verdict);
        if (rule != nullptr) *rule = static_cast<tepui_rule>(report.rule);
        if (inertia == nullptr) return;
        inertia[0] = report.counted ? report.inertia.negative : -1;
        inertia[1] = report.counted ? report.inertia.zero : -1;
        inertia[2] = report.counted ? report.inertia.positive : -1;
    });
}

tepui_status tepui_network_verdict_members(tepui_context* context, const tepui_network_verdict* verdict,
                                           int64_t group, int64_t* neurons, int32_t* signs,
                                           double* coefficients) {
    return guarded(context, [&] {
        const NeuronGroup& found = group_of(verdict, group);
        const std::vector<double>& shares = found.kind == GroupKind::parent ? found.gamma : found.outputs;
        if (neurons != nullptr) std::copy(found.members.begin(), found.members.end(), neurons);
        if (signs != nullptr) std::copy(found.signs.begin(), found.signs.end(), signs);
        if (coefficients != nullptr) std::copy(shares.begin(), shares.end(), coefficients);
    });
}

tepui_status tepui_classify_splits(tepui_context* context, const tepui_analysis* analysis, int64_t count,
                                   const int64_t* neurons, const int64_t* offsets, const double* gammas,
                                   tepui_split_verdict** verdict, tepui_verdict* parts) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        require_stationary(*analysis);
        require_pointer(verdict, "verdict");
        const std::vector<NeuronSplit> splits =
            neuron_splits(analysis->value.network.width, Repeats::refused, count, neurons, offsets, gammas);
        SplitsReport report = classify_splits(*analysis->data, analysis->value, splits, execution(*context),
                                              context->options.analysis().ways_down);
        auto result = made(std::move(report.whole), splits, *analysis);
        result->parts = report.parts;
        for (std::size_t j = 0; parts != nullptr && j < report.parts.size(); ++j)
            parts[j] = static_cast<tepui_verdict>(report.parts[j].verdict);
        *verdict = result.release();
    });
}

}  // extern "C"
