#include "tepui/trace.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "solve/trace.hpp"

struct tepui_trace {
    tepui::TraceResult value;                        // without the networks, which the handles below hold
    std::vector<tepui_network> networks;             // of the recorded points
    std::vector<tepui_network> points;               // of the plateaus
    std::vector<tepui_witness> witnesses;            // empty where there is none
    std::vector<std::vector<std::int64_t>> escapes;  // neurons of each point
    std::vector<std::string> reasons;                // of the verdicts
    tepui::api::CachedReport report = {};
};

namespace tepui::api {
namespace {

tepui_trace* made(TraceResult&& result) {
    auto trace = std::make_unique<tepui_trace>(tepui_trace{std::move(result), {}, {}, {}, {}, {}});
    for (Network& network : trace->value.flow.networks)
        trace->networks.push_back(tepui_network{std::move(network)});
    trace->value.flow.networks.clear();
    for (TracedPlateau& plateau : trace->value.plateaus) {
        trace->points.push_back(tepui_network{std::move(plateau.point.point)});
        const auto& report = plateau.report;
        trace->witnesses.push_back(report ? given_witness(report->witness, {}) : tepui_witness{});
        trace->reasons.emplace_back(report ? sentence_of(report->rule) : "the exact point was not reached");
        std::vector<std::int64_t>& escapes = trace->escapes.emplace_back();
        for (std::size_t i = 0; report && i < report->neurons.size(); ++i) {
            if (report->neurons[i].escape) escapes.push_back(static_cast<std::int64_t>(i));
        }
    }
    return trace.release();
}

const TracedPlateau& plateau_of(const tepui_trace* trace, Size index) {
    require_pointer(trace, "trace");
    require_index(index, tepui_trace_plateaus(trace), "index", "number of plateaus");
    return trace->value.plateaus[static_cast<std::size_t>(index)];
}

const tepui_network* network_at(const std::vector<tepui_network>& networks, Size index) {
    const bool there = index >= 0 && index < static_cast<Size>(networks.size());
    return there ? &networks[static_cast<std::size_t>(index)] : nullptr;
}

template <class To, class From>
void give(To* out, const From& value) {
    if (out != nullptr) *out = static_cast<To>(value);
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_trace_descent(tepui_context* context, const tepui_dataset* dataset,
                                 const tepui_activation* activation, int64_t m, double initial_scale,
                                 int64_t max_steps, tepui_trace** trace) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(activation, "activation");
        require_size(m, 1, "m");
        require_addressable(m, dataset->value.inputs() + 1, "m", "the m (d + 1) parameters");
        require_pointer(trace, "trace");
        TraceOptions options;
        options.flow.initial_scale = initial_scale;
        options.flow.max_steps = max_steps;
        options.flow.seed = static_cast<std::uint64_t>(context->options.seed);
        options.solve = context->options.solve();
        options.tolerances = context->options.tolerances();
        *trace = made(tepui::trace(dataset->value, activation->value, m, options, execution(*context)));
    });
}

void tepui_trace_destroy(tepui_trace* trace) {
    delete trace;
}

tepui_trace_ending tepui_trace_end(const tepui_trace* trace) {
    return trace == nullptr ? 0 : static_cast<tepui_trace_ending>(trace->value.flow.end);
}

int64_t tepui_trace_points(const tepui_trace* trace) {
    return trace == nullptr ? 0 : static_cast<int64_t>(trace->value.flow.curve.size());
}

tepui_status tepui_trace_point(tepui_context* context, const tepui_trace* trace, int64_t index, int64_t* step,
                               double* time, double* loss) {
    return guarded(context, [&] {
        require_pointer(trace, "trace");
        require_index(index, tepui_trace_points(trace), "index", "number of points");
        const FlowPoint& point = trace->value.flow.curve[static_cast<std::size_t>(index)];
        give(step, point.step);
        give(time, point.time);
        give(loss, point.loss);
    });
}

const tepui_network* tepui_trace_point_network(const tepui_trace* trace, int64_t index) {
    return trace == nullptr ? nullptr : network_at(trace->networks, index);
}

int64_t tepui_trace_plateaus(const tepui_trace* trace) {
    return trace == nullptr ? 0 : static_cast<int64_t>(trace->value.plateaus.size());
}

tepui_status tepui_trace_plateau(tepui_context* context, const tepui_trace* trace, int64_t index,
                                 int64_t* begin, int64_t* end, int64_t* slowest, double* rate) {
    return guarded(context, [&] {
        const Plateau& plateau = plateau_of(trace, index).plateau;
        give(begin, plateau.begin);
        give(end, plateau.end);
        give(slowest, plateau.slowest);
        give(rate, plateau.rate);
    });
}

tepui_status tepui_trace_plateau_point(tepui_context* context, const tepui_trace* trace, int64_t index,
                                       int32_t* found, tepui_start_outcome* outcome, const char** reason,
                                       int64_t* iterations, double* loss, double* gradient_relative) {
    return guarded(context, [&] {
        const TracedPlateau& plateau = plateau_of(trace, index);
        give(found, plateau.found);
        give(outcome, plateau.point.outcome);
        if (reason != nullptr) *reason = plateau.point.reason.c_str();
        give(iterations, plateau.point.iterations);
        give(loss, plateau.point.loss);
        give(gradient_relative, plateau.point.gradient_relative);
    });
}

tepui_status tepui_trace_plateau_verdict(tepui_context* context, const tepui_trace* trace, int64_t index,
                                         tepui_verdict* verdict, const char** reason) {
    return guarded(context, [&] {
        const TracedPlateau& plateau = plateau_of(trace, index);
        give(verdict, plateau.report ? plateau.report->verdict : Verdict::undetermined);
        if (reason != nullptr) *reason = trace->reasons[static_cast<std::size_t>(index)].c_str();
    });
}

int64_t tepui_trace_plateau_escapes(const tepui_trace* trace, int64_t index) {
    if (index < 0 || index >= tepui_trace_plateaus(trace)) return 0;
    return static_cast<int64_t>(trace->escapes[static_cast<std::size_t>(index)].size());
}

int64_t tepui_trace_plateau_escape(const tepui_trace* trace, int64_t index, int64_t which) {
    if (which < 0 || which >= tepui_trace_plateau_escapes(trace, index)) return -1;
    return trace->escapes[static_cast<std::size_t>(index)][static_cast<std::size_t>(which)];
}

const tepui_witness* tepui_trace_plateau_witness(const tepui_trace* trace, int64_t index) {
    if (index < 0 || index >= tepui_trace_plateaus(trace)) return nullptr;
    const tepui_witness& witness = trace->witnesses[static_cast<std::size_t>(index)];
    return witness.value == nullptr ? nullptr : &witness;
}

const tepui_network* tepui_trace_plateau_network(const tepui_trace* trace, int64_t index) {
    return trace == nullptr ? nullptr : network_at(trace->points, index);
}

tepui_status tepui_trace_report(tepui_context* context, const tepui_trace* trace,
                                const tepui_report** report) {
    return report_of(context, trace, "trace", report,
                     [](const tepui_trace& one) { return trace_report(one.value, networks_of(one.points)); });
}

}  // extern "C"
