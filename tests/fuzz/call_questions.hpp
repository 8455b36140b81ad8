// Everything that can be asked of a handle, at an index out of the fuzzer's bytes.
#pragma once
#include <cmath>
#include <cstring>

#include "fuzz/call_pool.hpp"

namespace tepui::test {

inline void require_status(tepui_context* context, tepui_status status) {
    require_that(status >= TEPUI_OK && status <= TEPUI_ERROR_INTERNAL, "a status is a known one");
    if (status == TEPUI_ERROR_INTERNAL) std::fprintf(stderr, "%s\n", tepui_context_message(context));
    require_that(status != TEPUI_ERROR_INTERNAL, "no input shows a defect in the library");
    require_that((status == TEPUI_OK) == (tepui_context_message(context)[0] == '\0'),
                 "a refusal says why, and nothing else does");
}

class Questions {
  public:
    Questions(tepui_context* context, Bytes& bytes, Arrays& arrays)
        : context_(context), bytes_(bytes), arrays_(arrays) {}

    void ask(const tepui_analysis* analysis) const {
        const std::int64_t neuron = index(tepui_analysis_neurons(analysis));
        named(tepui_verdict_name(tepui_analysis_verdict(analysis)));
        named(tepui_rule_sentence(tepui_analysis_rule(analysis)));
        tepui_analysis_is_strict(analysis);
        tepui_analysis_is_global(analysis);
        tepui_analysis_loss(analysis);
        tepui_analysis_gradient_norm(analysis);
        tepui_analysis_gradient_relative(analysis);
        tepui_analysis_stationarity_tolerance(analysis);
        std::int64_t inertia[3] = {};
        double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
        check(tepui_analysis_hessian(context_, analysis, inertia, &a, &b, &c, &d));
        check(tepui_analysis_inner_hessian(context_, analysis, neuron, inertia, &a, &b, &c, &d));
        check(tepui_analysis_directions(context_, analysis, neuron, arrays_.room(64), arrays_.room(64)));
        std::int32_t how = 0;
        check(tepui_analysis_neuron_method(context_, analysis, neuron, &how));
        check(tepui_analysis_neuron_precision(context_, analysis, neuron, &how));
        check(tepui_analysis_hessian_method(context_, analysis, &how));
        check(tepui_analysis_hessian_evidence(context_, analysis, inertia, &a, &b, &c, &d));
        std::int32_t kinds[5] = {};
        check(tepui_analysis_plateau(context_, analysis, neuron, kinds, kinds + 1, kinds + 2, kinds + 3,
                                     kinds + 4));
        const tepui_witness* witness = nullptr;
        check(tepui_analysis_witness(context_, analysis, &witness));
        ask(witness);
        const tepui_witness* escape = nullptr;
        check(tepui_analysis_escape(context_, analysis, neuron, arrays_.room(2), &escape));
        ask(escape);
        const char* name = "";
        if (check(
                tepui_analysis_phase(context_, analysis, index(tepui_analysis_phases(analysis)), &name, &a)))
            named(name);
    }
    void ask(const tepui_split_verdict* verdict) const {
        named(tepui_rule_sentence(tepui_split_verdict_rule(verdict)));
        named(tepui_verdict_name(tepui_split_verdict_verdict(verdict)));
        tepui_split_verdict_morse_index(verdict);
        tepui_split_verdict_nullity(verdict);
        std::int64_t bounds[4] = {};
        check(
            tepui_split_verdict_index_bounds(context_, verdict, bounds, bounds + 1, bounds + 2, bounds + 3));
        tepui_split_verdict_tau(verdict);
        tepui_split_verdict_margin(verdict);
        tepui_split_verdict_gradient_norm(verdict);
        ask(tepui_split_verdict_witness(verdict));
    }
    void ask(const tepui_network_verdict* verdict) const {
        named(tepui_verdict_name(tepui_network_verdict_verdict(verdict)));
        named(tepui_rule_sentence(tepui_network_verdict_rule(verdict)));
        std::int64_t bounds[4] = {};
        check(tepui_network_verdict_index_bounds(context_, verdict, bounds, bounds + 1, bounds + 2,
                                                 bounds + 3));
        double a = 0.0, b = 0.0, c = 0.0;
        check(tepui_network_verdict_singular_values(context_, verdict, &a, &b, &c));
        const std::int64_t fitted = tepui_network_verdict_fitted_samples(verdict, nullptr);
        std::vector<std::int64_t> samples(std::size_t(fitted), -1);
        tepui_network_verdict_fitted_samples(verdict, samples.data());
        const std::int64_t group = index(tepui_network_verdict_groups(verdict));
        std::int64_t members = 0, inertia[3] = {};
        std::int32_t kinds[3] = {};
        if (check(tepui_network_verdict_group(context_, verdict, group, kinds, &members, kinds + 1, kinds + 2,
                                              inertia))) {
            std::vector<std::int64_t> neurons(std::size_t(members), -1);
            std::vector<std::int32_t> signs(neurons.size());
            check(tepui_network_verdict_members(context_, verdict, group, neurons.data(), signs.data(),
                                                arrays_.room(members)));
        }
        ask(tepui_network_verdict_witness(verdict));
        ask(tepui_network_verdict_analysis(verdict));
        ask(tepui_network_verdict_narrow(verdict));
    }
    void ask(const tepui_reduction* reduction) const {
        const std::int64_t m = tepui_reduction_neurons(reduction);
        for (std::int64_t i = 0; i < m; ++i) {
            named(tepui_neuron_role_name(tepui_reduction_roles(reduction)[i]));
            require_that(std::abs(tepui_reduction_signs(reduction)[i]) == 1, "signs are 1 or -1");
            require_that(tepui_reduction_groups(reduction)[i] >= -1, "groups are numbered from 0");
            (void)tepui_reduction_coefficients(reduction)[i];
        }
        tepui_reduction_cancelled_groups(reduction);
        tepui_reduction_weight_spread(reduction);
        tepui_reduction_output_spread(reduction);
        ask(tepui_reduction_network(reduction));
    }
    void ask(const tepui_solution* solution) const {
        const std::int64_t point = index(tepui_solution_points(solution));
        const std::int64_t start = index(tepui_solution_starts(solution));
        tepui_solution_point_loss(solution, point);
        tepui_solution_point_hits(solution, point);
        ask(tepui_solution_point(solution, point));
        ask(tepui_solution_start_point(solution, start));
        std::int32_t outcome = 0;
        const char* reason = "";
        std::int64_t count = 0, distinct = 0, used = 0;
        double a = 0.0, b = 0.0;
        if (check(tepui_solution_start(context_, solution, start, &outcome, &reason, &count, &a, &b,
                                       &distinct)))
            named(tepui_start_outcome_name(outcome));
        check(tepui_solution_inputs(context_, solution, &used, &a, &b, &count));
        const std::int64_t dependence = index(tepui_solution_dependences(solution));
        if (check(tepui_solution_dependence(context_, solution, dependence, &count, nullptr, &a))) {
            std::vector<std::int64_t> inputs(std::size_t(count), -1);
            check(tepui_solution_dependence(context_, solution, dependence, &count, inputs.data(), &a));
        }
    }
    void ask(const tepui_critical_set* set) const {
        const std::int64_t branch = index(tepui_critical_set_branches(set));
        const std::int64_t sample = index(tepui_critical_set_samples(set, branch));
        std::int32_t kinds[3] = {};
        std::int64_t counts[4] = {};
        double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
        const char *surjections = "", *pieces = "";
        check(tepui_critical_set_meeting(context_, set, index(tepui_critical_set_width(set)), kinds));
        check(tepui_critical_set_branch(context_, set, branch, counts, counts + 1, kinds, kinds + 1,
                                        &surjections, &pieces));
        check(tepui_critical_set_sample(context_, set, branch, sample, kinds, kinds + 1, counts, counts + 1,
                                        counts + 2));
        check(tepui_critical_set_index_bounds(context_, set, branch, sample, counts, counts + 1, counts + 2,
                                              counts + 3));
        check(tepui_critical_set_measures(context_, set, branch, sample, &a, &b, &c, &d));
        check(tepui_critical_set_existence(context_, set, branch, kinds));
        check(tepui_critical_set_optimum(context_, set, branch, 1 + bytes_.next() % 3, counts, counts + 1,
                                         counts + 2, counts + 3));
        ask(tepui_critical_set_minimal(set));
        ask(tepui_critical_set_network(set, branch, sample));
        tepui_critical_set_flattest_direction(set, branch, sample);
        ask(tepui_critical_set_witness(set, branch, sample));
    }
    void ask(const tepui_directional* verdict) const {
        const std::int64_t neuron = index(tepui_directional_neurons(verdict));
        named(tepui_directional_rule_sentence(tepui_directional_rule_of(verdict)));
        double a = 0.0, b = 0.0, c = 0.0;
        std::int64_t counts[2] = {};
        std::int32_t kinds[4] = {};
        check(tepui_directional_neuron(context_, verdict, neuron, &a, &b, counts, counts + 1, kinds,
                                       kinds + 1));
        check(tepui_directional_sign(context_, verdict, neuron, kinds, kinds + 1, kinds + 2, &a, &b, &c));
        check(tepui_directional_direction(context_, verdict, neuron, arrays_.room(8), &a));
        const std::int64_t* samples = nullptr;
        if (check(tepui_directional_kinks(context_, verdict, neuron, &samples, counts)))
            for (std::int64_t l = 0; l < counts[0]; ++l) require_that(samples[l] >= 0, "kinks are samples");
        check(tepui_directional_derivative(context_, verdict, neuron, arrays_.numbers(8), &a, &b));
        check(tepui_directional_plateau(context_, verdict, neuron, kinds, kinds + 1, kinds + 2, kinds + 3));
        ask(tepui_directional_witness(verdict));
    }
    void ask(const tepui_directional_embedding* embedding) const {
        named(tepui_embedding_rule_sentence(tepui_directional_embedding_rule(embedding)));
        tepui_directional_embedding_deciding_neuron(embedding);
        ask(tepui_directional_embedding_network(embedding));
        ask(tepui_directional_embedding_witness(embedding));
    }
    void ask(const tepui_several_outputs* verdict) const {
        const std::int64_t neuron = arrays_.size();
        named(tepui_several_outputs_rule_sentence(tepui_several_outputs_rule_of(verdict)));
        std::int32_t kinds[4] = {};
        double curvature = 0.0;
        check(tepui_several_outputs_psi(context_, verdict, neuron, arrays_.room(8), arrays_.room(8)));
        check(tepui_several_outputs_neuron(context_, verdict, neuron, kinds, kinds + 1, kinds + 2, kinds + 3,
                                           &curvature));
        check(tepui_several_outputs_direction(context_, verdict, neuron, arrays_.room(8), arrays_.room(8),
                                              arrays_.room(8)));
        ask(tepui_several_outputs_witness(verdict));
    }
    void ask(const tepui_certificate* certificate) const {
        const std::int64_t neuron = index(tepui_certificate_neurons(certificate));
        const std::int64_t p = tepui_certificate_parameter_count(certificate);
        named(tepui_certificate_step_name(tepui_certificate_failed_step(certificate)));
        (void)std::strlen(tepui_certificate_reason(certificate));
        (void)std::strlen(tepui_certificate_statement(certificate));
        double bounds[4] = {}, a = 0.0, b = 0.0, c = 0.0;
        std::int64_t counts[2] = {};
        std::int32_t kinds[3] = {};
        const char* statement = "";
        check(tepui_certificate_box(context_, certificate, arrays_.room(p), arrays_.room(p)));
        tepui_certificate_parameter(certificate, index(p));
        check(tepui_certificate_loss(context_, certificate, &a, &b));
        check(tepui_certificate_newton(context_, certificate, &a, &b, &c, counts));
        check(tepui_certificate_hessian(context_, certificate, counts, bounds, bounds + 2, &a));
        check(tepui_certificate_inner_hessian(context_, certificate, neuron, counts, bounds, bounds + 2, &a));
        check(
            tepui_certificate_neuron(context_, certificate, neuron, kinds, kinds + 1, kinds + 2, &statement));
    }
    void ask(const tepui_trace* trace) const {
        const std::int64_t point = index(tepui_trace_points(trace));
        const std::int64_t plateau = index(tepui_trace_plateaus(trace));
        named(tepui_trace_ending_name(tepui_trace_end(trace)));
        std::int64_t counts[3] = {};
        std::int32_t kinds[2] = {};
        double a = 0.0, b = 0.0;
        const char* reason = "";
        check(tepui_trace_point(context_, trace, point, counts, &a, &b));
        check(tepui_trace_plateau(context_, trace, plateau, counts, counts + 1, counts + 2, &a));
        check(tepui_trace_plateau_point(context_, trace, plateau, kinds, kinds + 1, &reason, counts, &a, &b));
        check(tepui_trace_plateau_verdict(context_, trace, plateau, kinds, &reason));
        tepui_trace_plateau_escape(trace, plateau, index(tepui_trace_plateau_escapes(trace, plateau)));
        ask(tepui_trace_point_network(trace, point));
        ask(tepui_trace_plateau_network(trace, plateau));
        ask(tepui_trace_plateau_witness(trace, plateau));
    }

  private:
    bool check(tepui_status status) const {
        require_status(context_, status);
        return status == TEPUI_OK;
    }
    static void named(const char* text) { require_that(std::strlen(text) > 0, "a number has a name"); }
    // Mostly one of `count` things, at times one that is not there.
    std::int64_t index(std::int64_t count) const {
        const std::uint8_t byte = bytes_.next();
        if (byte >= 250) return byte - 252;
        return count > 0 ? byte % count : byte;
    }
    static void ask(const tepui_network* network) {
        const double* const theta = tepui_network_parameters(network);
        for (std::int64_t l = 0; l < tepui_network_parameter_count(network); ++l)
            require_that(std::isfinite(theta[l]), "parameters are finite");
    }
    void ask(const tepui_witness* witness) const {
        const std::int64_t p = tepui_witness_parameter_count(witness);
        tepui_witness_width(witness);
        tepui_witness_order(witness);
        tepui_witness_coefficient(witness);
        tepui_witness_predicted(witness);
        tepui_witness_measured(witness);
        tepui_witness_measured_error(witness);
        check(tepui_witness_point(context_, witness, tepui_witness_epsilon(witness), arrays_.room(p)));
        check(tepui_witness_point(context_, witness, arrays_.number(), arrays_.room(p)));
    }

    tepui_context* context_;
    Bytes& bytes_;
    Arrays& arrays_;
};

}  // namespace tepui::test
