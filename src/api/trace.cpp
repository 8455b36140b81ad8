#include "tepui/trace.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "solve/trace.hpp"

struct tepui_trace {
    tepui::TraceResult value;              // without the networks, which the handles below hold
    std::vector<tepui_network> networks;   // of the recorded points
    std::vector<tepui_network> points;     // of the plateaus
    std::vector<tepui_witness> witnesses;  // empty where there is none
    tepui::api::CachedReport report = {};
};

namespace tepui::api {
namespace {

tepui_trace* made(TraceResult&& result) {
    auto trace = std::make_unique<tepui_trace>(tepui_trace{std::move(result), {}, {}, {}});
    for (Network& network : trace->value.flow.networks)
        trace->networks.push_back(tepui_network{std::move(network)});
    trace->value.flow.networks.clear();
    for (TracedPlateau& plateau : trace->value.plateaus) {
        trace->points.push_back(tepui_network{std::move(plateau.point.point)});
        const auto& verdict = plateau.verdict;
        trace->witnesses.push_back(verdict ? given_witness(verdict->witness, {}) : tepui_witness{});
    }
    return trace.release();
}

tepui_trace* followed(tepui_context& context, const Dataset& data, const Network& like, double initial_scale,
                      Size max_steps) {
    TraceOptions options;
    options.flow.initial_scale = initial_scale;
    options.flow.max_steps = max_steps;
    options.flow.seed = static_cast<std::uint64_t>(context.options.seed);
    options.solve = context.options.solve();
    options.tolerances = context.options.tolerances();
    return made(tepui::trace(data, like, options, execution(context)));
}

const tepui_network* network_at(const std::vector<tepui_network>& networks, Size index) {
    const bool there = index >= 0 && index < static_cast<Size>(networks.size());
    return there ? &networks[static_cast<std::size_t>(index)] : nullptr;
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
        require_plain(*dataset);
        require_pointer(activation, "activation");
        require_size(m, 1, "m");
        require_addressable(m, dataset->value.inputs() + 1, "m", "the m (d + 1) parameters");
        require_pointer(trace, "trace");
        require_trace_memory(dataset->value, Layout{m, dataset->value.inputs()});
        const Network like(activation->value, m, dataset->value.inputs());
        *trace = followed(*context, dataset->value, like, initial_scale, max_steps);
    });
}

tepui_status tepui_trace_like(tepui_context* context, const tepui_dataset* dataset,
                              const tepui_network* network, double initial_scale, int64_t max_steps,
                              tepui_trace** trace) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_size(network->value.width, 1, "the number of neurons");
        require_pointer(trace, "trace");
        *trace = followed(*context, dataset->value, network->value, initial_scale, max_steps);
    });
}

void tepui_trace_destroy(tepui_trace* trace) {
    delete trace;
}

const tepui_network* tepui_trace_point_network(const tepui_trace* trace, int64_t index) {
    return trace == nullptr ? nullptr : network_at(trace->networks, index);
}

const tepui_witness* tepui_trace_plateau_witness(const tepui_trace* trace, int64_t index) {
    if (index < 0 || trace == nullptr || index >= static_cast<Size>(trace->witnesses.size())) return nullptr;
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
