#include "tepui/classification.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/index_bounds.hpp"
#include "api/split_lists.hpp"

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

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const NeuronReport& neuron_report(const tepui_analysis* analysis, Size neuron) {
    require_pointer(analysis, "analysis");
    require_stationary(*analysis);
    const auto& neurons = analysis->value.neurons;
    require_index(neuron, static_cast<Size>(neurons.size()), "neuron", "m");
    return neurons[static_cast<std::size_t>(neuron)];
}

void require_judged_hessian(const tepui_analysis* analysis) {
    require_pointer(analysis, "analysis");
    require_stationary(*analysis);
    if (analysis->value.scope == AnalysisScope::complete) return;
    throw Error(Status::unsupported,
                "analysis is of the neurons alone (TEPUI_SCOPE_NEURONS): the Hessian was not judged, "
                "TEPUI_SCOPE_COMPLETE is expected");
}

void write_spectrum(const SpectralReport& report, int64_t* inertia, double* lambda_min, double* lambda_max,
                    double* tau, double* margin) {
    if (inertia != nullptr && !report.counted) {
        std::fill_n(inertia, 3, int64_t{-1});
    } else if (inertia != nullptr) {
        inertia[0] = report.inertia.negative;
        inertia[1] = report.inertia.zero;
        inertia[2] = report.inertia.positive;
    }
    if (lambda_min != nullptr) *lambda_min = report.lambda_min;
    if (lambda_max != nullptr) *lambda_max = report.lambda_max;
    if (tau != nullptr) *tau = report.tau;
    if (margin != nullptr) *margin = report.margin;
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
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(network, "network");
        require_same_inputs(*dataset, *network);
        require_pointer(analysis, "analysis");
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
        *analysis = result.release();
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

int32_t tepui_analysis_is_strict(const tepui_analysis* analysis) {
    return analysis != nullptr && analysis->value.point.strict ? 1 : 0;
}

int32_t tepui_analysis_is_global(const tepui_analysis* analysis) {
    return analysis != nullptr && analysis->value.point.global ? 1 : 0;
}

double tepui_analysis_loss(const tepui_analysis* analysis) {
    return analysis == nullptr ? kNaN : analysis->telling.scale.given_loss(analysis->value.point.loss);
}

double tepui_analysis_gradient_norm(const tepui_analysis* analysis) {
    return analysis == nullptr ? kNaN : analysis->value.point.gradient_norm;
}

double tepui_analysis_gradient_relative(const tepui_analysis* analysis) {
    return analysis == nullptr ? kNaN : analysis->value.point.gradient_relative;
}

double tepui_analysis_stationarity_tolerance(const tepui_analysis* analysis) {
    return analysis == nullptr ? kNaN : analysis->value.point.stationarity_tolerance;
}

tepui_status tepui_analysis_hessian(tepui_context* context, const tepui_analysis* analysis, int64_t* inertia,
                                    double* lambda_min, double* lambda_max, double* tau, double* margin) {
    return guarded(context, [&] {
        require_judged_hessian(analysis);
        write_spectrum(analysis->value.point.hessian, inertia, lambda_min, lambda_max, tau, margin);
    });
}

tepui_status tepui_analysis_hessian_method(tepui_context* context, const tepui_analysis* analysis,
                                           tepui_hessian_method* method) {
    return guarded(context, [&] {
        require_judged_hessian(analysis);
        require_pointer(method, "method");
        *method = analysis->value.point.hessian.counted ? TEPUI_HESSIAN_METHOD_DENSE
                                                        : TEPUI_HESSIAN_METHOD_MATRIX_FREE;
    });
}

tepui_status tepui_analysis_hessian_evidence(tepui_context* context, const tepui_analysis* analysis,
                                             int64_t* products, double* ritz, double* residual, double* tau,
                                             double* miss_probability) {
    return guarded(context, [&] {
        require_judged_hessian(analysis);
        const PointReport& point = analysis->value.point;
        if (!point.evidence) {
            throw Error(Status::unsupported,
                        point.hessian.counted
                            ? "the Hessian was formed and its eigenvalues counted: no products were made "
                              "(TEPUI_HESSIAN_METHOD_MATRIX_FREE asks for them)"
                            : "the loss is zero: the verdict needs no products with the Hessian");
        }
        if (products != nullptr) *products = point.evidence->products;
        if (ritz != nullptr) *ritz = point.evidence->ritz;
        if (residual != nullptr) *residual = point.evidence->residual;
        if (tau != nullptr) *tau = point.evidence->tau;
        if (miss_probability != nullptr) *miss_probability = point.evidence->miss_probability;
    });
}

tepui_status tepui_analysis_inner_hessian(tepui_context* context, const tepui_analysis* analysis,
                                          int64_t neuron, int64_t* inertia, double* lambda_min,
                                          double* lambda_max, double* tau, double* margin) {
    return guarded(context, [&] {
        write_spectrum(neuron_report(analysis, neuron).inner, inertia, lambda_min, lambda_max, tau, margin);
    });
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

tepui_status tepui_analysis_neuron_method(tepui_context* context, const tepui_analysis* analysis,
                                          int64_t neuron, tepui_neuron_method* method) {
    return guarded(context, [&] {
        const SpectralReport& inner = neuron_report(analysis, neuron).inner;
        require_pointer(method, "method");
        *method = static_cast<tepui_neuron_method>(inner.method);
    });
}

tepui_status tepui_analysis_neuron_precision(tepui_context* context, const tepui_analysis* analysis,
                                             int64_t neuron, tepui_precision* precision) {
    return guarded(context, [&] {
        const SpectralReport& inner = neuron_report(analysis, neuron).inner;
        require_pointer(precision, "precision");
        *precision = static_cast<tepui_precision>(inner.precision);
    });
}

int64_t tepui_analysis_neurons(const tepui_analysis* analysis) {
    return analysis == nullptr ? 0 : static_cast<int64_t>(analysis->value.neurons.size());
}

tepui_status tepui_analysis_plateau(tepui_context* context, const tepui_analysis* analysis, int64_t neuron,
                                    tepui_definiteness* definiteness, tepui_plateau_type* type,
                                    tepui_rule* rule, tepui_gamma_region* minima,
                                    tepui_gamma_region* saddles) {
    return guarded(context, [&] {
        const NeuronReport& report = neuron_report(analysis, neuron);
        if (definiteness != nullptr) *definiteness = static_cast<tepui_definiteness>(report.definiteness);
        if (type != nullptr) *type = static_cast<tepui_plateau_type>(report.plateau);
        if (rule != nullptr) *rule = static_cast<tepui_rule>(report.rule);
        if (minima != nullptr) *minima = static_cast<tepui_gamma_region>(report.minima);
        if (saddles != nullptr) *saddles = static_cast<tepui_gamma_region>(report.saddles);
    });
}

tepui_status tepui_analysis_witness(tepui_context* context, const tepui_analysis* analysis,
                                    const tepui_witness** witness) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        require_pointer(witness, "witness");
        *witness = shown(analysis->witness);
    });
}

tepui_status tepui_analysis_escape(tepui_context* context, const tepui_analysis* analysis, int64_t neuron,
                                   double* gamma, const tepui_witness** witness) {
    return guarded(context, [&] {
        const NeuronReport& report = neuron_report(analysis, neuron);
        require_pointer(witness, "witness");
        *witness = shown(analysis->escapes[static_cast<std::size_t>(neuron)]);
        if (gamma != nullptr) write_direction(report.escape_gamma, 2, gamma);
    });
}

int64_t tepui_analysis_phases(const tepui_analysis* analysis) {
    return analysis == nullptr ? 0 : static_cast<int64_t>(analysis->times.phases().size());
}

tepui_status tepui_analysis_phase(tepui_context* context, const tepui_analysis* analysis, int64_t index,
                                  const char** name, double* seconds) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        const auto& phases = analysis->times.phases();
        require_index(index, static_cast<Size>(phases.size()), "index", "the number of phases");
        const PhaseTimes::Phase& phase = phases[static_cast<std::size_t>(index)];
        if (name != nullptr) *name = phase.name;
        if (seconds != nullptr) *seconds = phase.seconds;
    });
}

tepui_status tepui_analysis_report(tepui_context* context, const tepui_analysis* analysis,
                                   const tepui_report** report) {
    return report_of(context, analysis, "analysis", report,
                     [](const tepui_analysis& one) { return analysis_report(one.value, one.telling); });
}

// ---- Verdict on a given split ----

tepui_status tepui_classify_split(tepui_context* context, const tepui_analysis* analysis, int64_t neuron,
                                  int64_t r, const double* gamma, tepui_split_verdict** verdict) {
    return guarded(context, [&] {
        neuron_report(analysis, neuron);
        require_size(r, 2, "r");
        require_daughters(r, analysis->value.network.width, analysis->value.network.inputs);
        require_pointer(gamma, "gamma");
        require_finite(gamma, r, "gamma");
        require_pointer(verdict, "verdict");
        const std::span<const double> coefficients(gamma, static_cast<std::size_t>(r));
        *verdict = made(classify_split(*analysis->data, analysis->value, neuron, coefficients,
                                       execution(*context), context->options.analysis().ways_down),
                        {{neuron, {gamma, gamma + r}}}, *analysis)
                       .release();
    });
}

tepui_status tepui_classify_each_split(tepui_context* context, const tepui_analysis* analysis, int64_t count,
                                       const int64_t* neurons, const int64_t* offsets, const double* gammas,
                                       tepui_split_verdict** verdicts) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        require_stationary(*analysis);
        require_pointer(verdicts, "verdicts");
        const std::vector<NeuronSplit> splits =
            neuron_splits(analysis->value.network.width, Repeats::allowed, count, neurons, offsets, gammas);
        std::vector<SplitReport> reports =
            classify_each_split(*analysis->data, analysis->value, splits, execution(*context),
                                context->options.analysis().ways_down);
        std::vector<std::unique_ptr<tepui_split_verdict>> results;
        for (std::size_t j = 0; j < reports.size(); ++j)
            results.push_back(made(std::move(reports[j]), {splits[j]}, *analysis));
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

int64_t tepui_split_verdict_morse_index(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? -1 : known_count(verdict->value.index.morse_index);
}

int64_t tepui_split_verdict_nullity(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? -1 : known_count(verdict->value.index.nullity);
}

tepui_status tepui_split_verdict_index_bounds(tepui_context* context, const tepui_split_verdict* verdict,
                                              int64_t* index_least, int64_t* index_most,
                                              int64_t* nullity_least, int64_t* nullity_most) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        give_bounds(verdict->value.index, index_least, index_most, nullity_least, nullity_most);
    });
}

double tepui_split_verdict_tau(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value.tau;
}

double tepui_split_verdict_margin(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value.margin;
}

double tepui_split_verdict_gradient_norm(const tepui_split_verdict* verdict) {
    return verdict == nullptr ? kNaN : verdict->value.gradient_norm;
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
        *network = new tepui_network{point_on(*witness->value, witness->telling, witness->splits, epsilon)};
    });
}

int64_t tepui_witness_parameter_count(const tepui_witness* witness) {
    return witness == nullptr ? 0 : static_cast<int64_t>(witness->value->base.parameters.size());
}

int64_t tepui_witness_width(const tepui_witness* witness) {
    return witness == nullptr ? 0 : witness->value->base.width;
}

int32_t tepui_witness_order(const tepui_witness* witness) {
    return witness == nullptr ? 0 : static_cast<int32_t>(witness->value->order);
}

double tepui_witness_coefficient(const tepui_witness* witness) {
    return witness == nullptr ? kNaN : witness->value->coefficient;
}

double tepui_witness_epsilon(const tepui_witness* witness) {
    return witness == nullptr ? kNaN : witness->value->epsilon;
}

double tepui_witness_predicted(const tepui_witness* witness) {
    return witness == nullptr ? kNaN : witness->value->predicted;
}

double tepui_witness_measured(const tepui_witness* witness) {
    return witness == nullptr ? kNaN : witness->value->measured;
}

double tepui_witness_measured_error(const tepui_witness* witness) {
    return witness == nullptr ? kNaN : witness->value->measured_error;
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
