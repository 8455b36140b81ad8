// Every command with its options: what the command line is made of.
#pragma once

#include <CLI/App.hpp>

#include "cli/critical_set/critical_set.hpp"
#include "cli/options/options.hpp"
#include "cli/trace/trace.hpp"

namespace tepui::cli {

struct CommandLine {
    explicit CommandLine(CLI::App& app) {
        app.require_subcommand(1);
        add_analyze_command(app, analyze);
        add_classify_command(app, classify);
        add_reduce_command(app, reduce);
        add_embed_command(app, embed);
        add_plateau_command(app, plateau);
        add_critical_set_command(app, critical_set);
        add_trace_command(app, trace);
        app.add_subcommand("info",
                           "Version, instruction sets, threads, BLAS and LAPACK really in use, and optional "
                           "components")
            ->add_flag("--json", info_as_json, "Write to standard output as JSON");
    }
    // The options of the commands point here.
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    AnalyzeOptions analyze;
    ClassifyOptions classify;
    ReduceOptions reduce;
    EmbedOptions embed;
    PlateauOptions plateau;
    CriticalSetOptions critical_set;
    TraceOptions trace;
    bool info_as_json = false;
};

}  // namespace tepui::cli
