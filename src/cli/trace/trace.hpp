// tepui trace: gradient flow from vanishing weights, plateau by plateau.
#pragma once
#include "cli/plateau/map.hpp"
#include "cli/report/report.hpp"
#include "cli/support/figure_style.hpp"

namespace tepui::cli {

struct TraceOptions {
    DataOptions data;
    ModelOptions model{"relu", false};
    RunOptions run;
    FigureOptions figure;
    std::int64_t width = 0;
    double initial_scale = 1e-6;
    std::int64_t seed = 1;
    std::int64_t max_steps = 50000;
};
CLI::App* add_trace_command(CLI::App& app, TraceOptions& options);
int run_trace(const TraceOptions& options);

struct TracedPlateauReport {
    double begin = 0.0, end = 0.0, slowest = 0.0;  // times
    double loss = 0.0;                             // of the run, where it falls slowest
    double rate = 0.0;                             // -dL/dt there
    bool found = false;                            // the exact point below is the plateau's
    tepui_start_outcome outcome = 0;
    std::string reason;
    double exact_loss = 0.0, gradient_relative = 0.0;
    tepui_verdict verdict = 0;
    std::string verdict_reason;
    std::vector<std::int64_t> idle, escapes;  // neurons
    std::optional<WitnessReport> witness;
    std::vector<double> parameters;  // of the exact point
};

struct TraceReport {
    struct Point {
        std::int64_t step;
        double time, loss;
    };
    Report head;
    std::int64_t seed = 0, max_steps = 0;
    double initial_scale = 0.0;
    tepui_trace_ending ending = 0;
    std::vector<Point> curve;
    std::vector<TracedPlateauReport> plateaus;
};

std::string trace_as_text(const TraceReport& report);
std::string trace_as_json(const TraceReport& report);
Figure trace_figure(const TraceReport& report);

}  // namespace tepui::cli
