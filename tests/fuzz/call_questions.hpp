// Everything that can be asked of a handle, at an index out of the fuzzer's bytes.
#pragma once
#include <cmath>
#include <cstring>
#include <string>

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
        named(tepui_name(TEPUI_WORDS_VERDICT, tepui_analysis_verdict(analysis)));
        named(tepui_sentence(TEPUI_WORDS_RULE, tepui_analysis_rule(analysis)));
        const std::int64_t neuron = index(8);
        check(tepui_analysis_directions(context_, analysis, neuron, arrays_.room(64), arrays_.room(64)));
        read(tepui_analysis_report, analysis);
        read(tepui_analysis_timings, analysis);
        ask(tepui_analysis_witness(analysis));
        ask(tepui_analysis_escape(analysis, neuron));
    }
    void ask(const tepui_split_verdict* verdict) const {
        named(tepui_sentence(TEPUI_WORDS_RULE, tepui_split_verdict_rule(verdict)));
        named(tepui_name(TEPUI_WORDS_VERDICT, tepui_split_verdict_verdict(verdict)));
        read(tepui_split_verdict_report, verdict);
        ask(tepui_split_verdict_witness(verdict));
    }
    void ask(const tepui_network_verdict* verdict) const {
        named(tepui_name(TEPUI_WORDS_VERDICT, tepui_network_verdict_verdict(verdict)));
        named(tepui_sentence(TEPUI_WORDS_RULE, tepui_network_verdict_rule(verdict)));
        read(tepui_network_verdict_report, verdict);
        ask(tepui_network_verdict_witness(verdict));
        ask(tepui_network_verdict_analysis(verdict));
        ask(tepui_network_verdict_narrow(verdict));
    }
    void ask(const tepui_reduction* reduction) const {
        const std::int64_t m = tepui_reduction_neurons(reduction);
        for (std::int64_t i = 0; i < m; ++i) {
            named(tepui_name(TEPUI_WORDS_NEURON_ROLE, tepui_reduction_roles(reduction)[i]));
            require_that(std::abs(tepui_reduction_signs(reduction)[i]) == 1, "signs are 1 or -1");
            require_that(tepui_reduction_groups(reduction)[i] >= -1, "groups are numbered from 0");
            (void)tepui_reduction_coefficients(reduction)[i];
            (void)tepui_reduction_outputs(reduction)[i];
        }
        read(tepui_reduction_report, reduction);
        ask(tepui_reduction_network(reduction));
    }
    void ask(const tepui_solution* solution) const {
        read(tepui_solution_report, solution);
        ask(tepui_solution_point(solution, index(tepui_solution_points(solution))));
        ask(tepui_solution_start_point(solution, index(tepui_solution_starts(solution))));
    }
    void ask(const tepui_critical_set* set) const {
        const std::int64_t branch = index(4), sample = index(4);
        read(tepui_critical_set_report, set);
        ask(tepui_critical_set_minimal(set));
        ask(tepui_critical_set_network(set, branch, sample));
        ask(tepui_critical_set_witness(set, branch, sample));
    }
    void ask(const tepui_directional* verdict) const {
        const std::int64_t neuron = index(4);
        named(tepui_sentence(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(verdict)));
        read(tepui_directional_report, verdict);
        std::int64_t count = 0;
        double a = 0.0, b = 0.0;
        const std::int64_t* samples = nullptr;
        if (check(tepui_directional_kinks(context_, verdict, neuron, &samples, &count)))
            for (std::int64_t l = 0; l < count; ++l) require_that(samples[l] >= 0, "kinks are samples");
        check(tepui_directional_derivative(context_, verdict, neuron, arrays_.numbers(8), &a, &b));
        ask(tepui_directional_witness(verdict));
    }
    void ask(const tepui_directional_embedding* embedding) const {
        named(tepui_sentence(TEPUI_WORDS_EMBEDDING_RULE, tepui_directional_embedding_rule(embedding)));
        read(tepui_directional_embedding_report, embedding);
        ask(tepui_directional_embedding_network(embedding));
        ask(tepui_directional_embedding_witness(embedding));
    }
    void ask(const tepui_several_outputs* verdict) const {
        named(tepui_sentence(TEPUI_WORDS_SEVERAL_OUTPUTS_RULE, tepui_several_outputs_rule_of(verdict)));
        read(tepui_several_outputs_report, verdict);
        ask(tepui_several_outputs_witness(verdict));
    }
    void ask(const tepui_certificate* certificate) const { read(tepui_certificate_report, certificate); }
    void ask(const tepui_trace* trace) const {
        const std::int64_t point = index(8);
        read(tepui_trace_report, trace);
        ask(tepui_trace_point_network(trace, point));
        ask(tepui_trace_plateau_network(trace, point));
        ask(tepui_trace_plateau_witness(trace, point));
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
    // The report, all of its JSON, and the value at some path of it, which may not be there.
    template <class Handle>
    void read(tepui_status (*report_of)(tepui_context*, const Handle*, const tepui_report**),
              const Handle* handle) const {
        const tepui_report* report = nullptr;
        const char* text = "";
        if (!check(report_of(context_, handle, &report))) return;
        if (check(tepui_report_json(context_, report, &text)))
            require_that(text[0] == '{' || text[0] == '[', "a report is an object or an array");
        std::string path;
        double number = 0.0;
        std::int64_t count = 0;
        std::int32_t kind = 0;
        for (int step = 0; step < 6; ++step) {
            if (!check(tepui_report_count(context_, report, path.c_str(), &count)) || count == 0) break;
            check(tepui_report_kind_of(context_, report, path.c_str(), &kind));
            const std::int64_t which = index(count);
            const char* name = nullptr;
            if (!path.empty()) path += '/';
            const bool object = kind == TEPUI_REPORT_OBJECT;
            const std::string of = path.substr(0, path.empty() ? 0 : path.size() - 1);
            if (object && check(tepui_report_name(context_, report, of.c_str(), which, &name)))
                path += name;
            else
                path += std::to_string(which);
        }
        const double* reals = nullptr;
        const std::int64_t* integers = nullptr;
        const tepui_report* part = nullptr;
        check(tepui_report_real(context_, report, path.c_str(), &number));
        check(tepui_report_integer(context_, report, path.c_str(), &count));
        check(tepui_report_boolean(context_, report, path.c_str(), &kind));
        check(tepui_report_text(context_, report, path.c_str(), &text));
        check(tepui_report_reals(context_, report, path.c_str(), &reals, &count));
        check(tepui_report_integers(context_, report, path.c_str(), &integers, &count));
        check(tepui_report_part(context_, report, path.c_str(), &part));
    }
    void ask(const tepui_witness* witness) const {
        const std::int64_t p = tepui_witness_parameter_count(witness);
        read(tepui_witness_report, witness);
        tepui_network* made = nullptr;
        if (check(tepui_witness_network(context_, witness, std::abs(arrays_.number()), &made))) {
            require_that(made != nullptr, "a success makes a handle");
            tepui_network_destroy(made);
        }
        check(tepui_witness_point(context_, witness, arrays_.number(), arrays_.room(p)));
    }

    tepui_context* context_;
    Bytes& bytes_;
    Arrays& arrays_;
};

}  // namespace tepui::test
