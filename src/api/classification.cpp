#include "tepui/classification.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/split_lists.hpp"
#include "api/together.hpp"

namespace tepui::api {

void require_stationary(const tepui_analysis& analysis) {
    const PointReport& point = analysis.value.point;
    if (point.verdict != Verdict::not_stationary) return;
    throw Error(Status::not_stationary, "the analysed point is not stationary: its relative gradient is " +
                                            number_text(point.gradient_relative) + ", at most " +
                                            number_text(point.stationarity_tolerance) + " is expected");
}

void refer_to_witnesses(tepui_analysis& analysis) {
    analysis.witness = given_witness(analysis.value.point.witness, analysis.telling);
    analysis.escapes.clear();
    Size i = 0;
    for (const NeuronReport& neuron : analysis.value.neurons)
        analysis.escapes.push_back(given_witness(escape_of(analysis.value.point, neuron), analysis.telling,
                                                 splits_to_escape(neuron, i++)));
}

std::unique_ptr<tepui_split_verdict> made(SplitReport&& report, std::vector<NeuronSplit> splits,
                                          const tepui_analysis& analysis) {
    auto result = std::make_unique<tepui_split_verdict>(
        tepui_split_verdict{std::move(report), std::move(splits), std::nullopt, analysis.telling});
    result->witness = given_witness(result->value.witness, result->telling, result->splits);
    return result;
}

namespace {

const NeuronReport& neuron_report(const tepui_analysis* analysis, Size neuron) {
    require_pointer(analysis, "analysis");
    require_stationary(*analysis);
    const auto& neurons = analysis->value.neurons;
    require_index(neuron, static_cast<Size>(neurons.size()), "neuron", "m");
    return neurons[static_cast<std::size_t>(neuron)];
}

void require_step(double epsilon) {
    require_finite(epsilon, "epsilon");
    if (epsilon >= 0.0) return;
    throw Error(Status::invalid_value, "epsilon is " + number_text(epsilon) + ", a number >= 0 is expected");
}

// An absent direction is written as zeros.
void write_direction(const std::vector<double>& direction, Size d, double* destination) {
    if (destination == nullptr) return;
    std::fill_n(destination, d, 0.0);
    std::copy(direction.begin(), direction.end(), destination);
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

// ---- Analysis of a point ----

tepui_status tepui_analyze(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                           tepui_analysis** analysis) {
    return guarded_together(context, "tepui_analyze", [&](Together& together) {
        require_one_output_pair(dataset, network);
        require_pointer(analysis, "analysis");
        together.about(*dataset, &network->value);
        PhaseTimes times;
        Execution how = execution(*context);
        how.times = &times;
        auto result = std::make_unique<tepui_analysis>(
            tepui_analysis{&dataset->unit(),
                           analyze(dataset->unit(), at_unit_scale(*network, *dataset),
                                   context->options.tolerances(), how, context->options.analysis()),
                           {dataset->scale()}});
        times.leave();
        result->times = std::move(times);
        refer_to_witnesses(*result);
        together.give(std::move(result), analysis);
    });
}

void tepui_analysis_destroy(tepui_analysis* analysis) {
    delete analysis;
}

tepui_verdict tepui_analysis_verdict(const tepui_analysis* analysis) {
    return analysis == nullptr ? 0 : static_cast<tepui_verdict>(analysis->value.point.verdict);
}

tepui_rule tepui_analysis_rule(const tepui_analysis* analysis) {
    return analysis == nullptr ? 0 : static_cast<tepui_rule>(analysis->value.point.rule);
}

tepui_status tepui_analysis_directions(tepui_context* context, const tepui_analysis* analysis, int64_t neuron,
                                       double* negative, double* positive) {
    return guarded(context, [&] {
        const SpectralReport& inner = neuron_report(analysis, neuron).inner;
        const Size d = analysis->value.network.inputs;
        write_direction(inner.v_negative, d, negative);
        write_direction(inner.v_positive, d, positive);
        for (double* direction : {negative, positive}) {
            if (direction != nullptr) analysis->telling.scale.weights_to_given(direction);
        }
    });
}

const tepui_witness* tepui_analysis_witness(const tepui_analysis* analysis) {
    return analysis == nullptr ? nullptr : shown(analysis->witness);
}

const tepui_witness* tepui_analysis_escape(const tepui_analysis* analysis, int64_t neuron) {
    if (analysis == nullptr || neuron < 0 || neuron >= static_cast<Size>(analysis->escapes.size()))
        return nullptr;
    return shown(analysis->escapes[static_cast<std::size_t>(neuron)]);
}

tepui_status tepui_analysis_report(tepui_context* context, const tepui_analysis* analysis,
                                   const tepui_report** report) {
    return report_of(context, analysis, "analysis", report,
                     [](const tepui_analysis& one) { return analysis_report(one.value, one.telling); });
}

tepui_status tepui_analysis_timings(tepui_context* context, const tepui_analysis* analysis,
                                    const tepui_report** timings) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        require_pointer(timings, "timings");
        *timings = analysis->timings.get([&] { return timings_report(analysis->times); });
    });
}

// ---- Verdict on a given split ----

tepui_status tepui_classify_split(tepui_context* context, const tepui_analysis* analysis, int64_t neuron,
                                  int64_t r, const double* gamma, tepui_split_verdict** verdict) {
    return guarded_together(context, "tepui_classify_split", [&](Together& together) {
        neuron_report(analysis, neuron);
        require_size(r, 2, "r");
        require_daughters(r, analysis->value.network.width, analysis->value.network.inputs);
        require_pointer(gamma, "gamma");
        require_finite(gamma, r, "gamma");
        require_pointer(verdict, "verdict");
        const std::span<const double> coefficients(gamma, static_cast<std::size_t>(r));
        together.about(*analysis->data, &analysis->value.network);
        auto result = made(classify_split(*analysis->data, analysis->value, neuron, coefficients,
                                          execution(*context), context->options.analysis().ways_down),
                           {{neuron, {gamma, gamma + r}}}, *analysis);
        together.give(std::move(result), verdict);
    });
}

tepui_status tepui_classify_each_split(tepui_context* context, const tepui_analysis* analysis, int64_t count,
                                       const int64_t* neurons, const int64_t* offsets, const double* gammas,
                                       tepui_split_verdict** verdicts) {
    return guarded_together(context, "tepui_classify_each_split", [&](Together& together) {
        require_pointer(analysis, "analysis");
        require_stationary(*analysis);
        require_pointer(verdicts, "verdicts");
        const std::vector<NeuronSplit> splits =
            neuron_splits(analysis->value.network.width, Repeats::allowed, count, neurons, offsets, gammas);
        together.about(*analysis->data, &analysis->value.network);
        std::vector<SplitReport> reports =
            classify_each_split(*analysis->data, analysis->value, splits, execution(*context),
                                context->options.analysis().ways_down);
        std::vector<std::unique_ptr<tepui_split_verdict>> results;
        for (std::size_t j = 0; j < reports.size(); ++j)
            results.push_back(made(std::move(reports[j]), {splits[j]}, *analysis));
        together.finish();
        for (std::size_t j = 0; j < results.size(); ++j) verdicts[j] = results[j].release();
    });
}

void tepui_split_verdict_destroy(tepui_split_verdict* verdict) {
    delete verdict;
}

tepui_verdict tepui_split_verdict_verdict(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value.verdict);
}

tepui_rule tepui_split_verdict_rule(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_rule>(verdict->value.rule);
}

const tepui_witness* tepui_split_verdict_witness(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? nullptr : shown(verdict->witness);
}

tepui_status tepui_split_verdict_report(tepui_context* context, const tepui_split_verdict* verdict,
                                        const tepui_report** report) {
    return report_of(context, verdict, "verdict", report, [](const tepui_split_verdict& one) {
        return one.parts ? splits_report(one.value, *one.parts, one.splits, one.telling)
                         : split_report(one.value, one.splits, one.telling);
    });
}

// ---- Witnesses ----

tepui_status tepui_witness_report(tepui_context* context, const tepui_witness* witness,
                                  const tepui_report** report) {
    return report_of(context, witness, "witness", report, [](const tepui_witness& one) {
        return witness_report(*one.value, one.telling, one.splits);
    });
}

tepui_status tepui_witness_network(tepui_context* context, const tepui_witness* witness, double epsilon,
                                   tepui_network** network) {
    return guarded(context, [&] {
        require_pointer(witness, "witness");
        require_step(epsilon);
        require_pointer(network, "network");
        auto there = std::make_unique<tepui_network>(
            tepui_network{point_on(*witness->value, witness->telling, witness->splits, epsilon)});
        const std::vector<double>& parameters = there->value.parameters;
        if (!std::all_of(parameters.begin(), parameters.end(), [](double p) { return std::isfinite(p); }))
            throw Error(Status::numeric, "the curve leaves the range of numbers at epsilon = " +
                                             number_text(epsilon) + ": a smaller step is expected");
        *network = there.release();
    });
}

int64_t tepui_witness_parameter_count(const tepui_witness* witness) {
    return witness == nullptr ? 0 : static_cast<int64_t>(witness->value->base.parameters.size());
}

tepui_status tepui_witness_point(tepui_context* context, const tepui_witness* witness, double epsilon,
                                 double* parameters) {
    return guarded(context, [&] {
        require_pointer(witness, "witness");
        require_step(epsilon);
        require_pointer(parameters, "parameters");
        const std::vector<double> point = witness->value->curve(epsilon);
        std::copy(point.begin(), point.end(), parameters);
    });
}

}  // extern "C"
