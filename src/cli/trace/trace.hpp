// tepui trace: gradient flow from vanishing weights, plateau by plateau.
#pragma once
#include "cli/plateau/map.hpp"
#include "cli/report/report.hpp"
#include "cli/support/figure_style.hpp"

namespace tepui::cli {

struct TraceOptions {
    DataOptions data;
    ModelOptions model;
    RunOptions run;
    FigureOptions figure;
    std::int64_t width = 0;
    double initial_scale = 1e-6;
    std::int64_t seed = 1;
    std::int64_t max_steps = 50000;
};
CLI::App* add_trace_command(CLI::App& app, TraceOptions& options);
int run_trace(const TraceOptions& options);

struct TraceReport {
    Report head;
    std::int64_t seed = 0, max_steps = 0;
    double initial_scale = 0.0;
    Json run;  // what the library says of it

    const Json& plateaus() const { return run["plateaus"]; }
    const Json& curve(const char* quantity) const { return run["curve"][quantity]; }
};

std::string trace_as_text(const TraceReport& report);
std::string trace_as_json(const TraceReport& report);
Figure trace_figure(const TraceReport& report);

}  // namespace tepui::cli
