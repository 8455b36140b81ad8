#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/critical_set/critical_set.hpp"
#include "cli/options/option_checks.hpp"
#include "cli/search/chosen_point.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr const char* examples =
    R"(Examples:
  tepui critical-set diabetes.csv --target progression --features bmi --width 2 --wide 5 --out branches.svg
  tepui critical-set --data X.npy --y y.npy --activation silu --weights W.npy a.npy --wide 6 --json

The point, searched for (--width) or given (--weights), is reduced first; what is left has r neurons. Branch l
of its critical set in width M (--wide) has l null neurons. Pictures are drawn by gnuplot (Debian: apt-get
install gnuplot-nox).

Exit status: 0 report given, 2 bad input, 3 no stationary point, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143).)";

using CriticalSetHandle = std::unique_ptr<tepui_critical_set, Destroyer<tepui_critical_set_destroy>>;

}  // namespace

CLI::App* add_critical_set_command(CLI::App& app, CriticalSetOptions& options) {
    CLI::App* command = app.add_subcommand(
        "critical-set", "The stationary points of a wider network that compute what a point computes");
    add_data_options(*command, options.data, false);
    add_sample_weights_option(*command, options.data);
    add_model_options(*command, options.model);
    add_point_options(*command, options.point, options.data);
    command->add_option("--wide", options.wide_width, "Width M of the wider network, at most 1000")
        ->required()
        ->check(whole_number(1, 1000))
        ->type_name("M");
    command->add_option("--samples", options.samples, "Points drawn on each branch (default 8)")
        ->check(whole_number(0, 100000))
        ->type_name("K");
    add_threads_option(*command, options.run);
    add_stationarity_option(*command, options.run);
    add_figure_options(*command, options.figure);
    command->footer(examples);
    return command;
}

int run_critical_set(const CriticalSetOptions& options) {
    CriticalSetReport report;
    report.head.command = "critical-set";
    const std::optional<Scene> scene = open_scene(options, report.head);
    if (!scene) return exit_not_stationary;
    const auto& [problem, chosen] = *scene;
    tepui_context* context = problem.context.get();
    report.point_description = chosen.description;
    const Progress progress(context);
    tepui_critical_set* raw = nullptr;
    const tepui_status status = tepui_map_critical_set(context, problem.dataset.get(), chosen.network.get(),
                                                       options.wide_width, options.samples, &raw);
    if (status == TEPUI_ERROR_NOT_STATIONARY) {
        complain(std::string(tepui_context_message(context)) +
                 "; tepui classify --polish moves it to the stationary point nearby, if there is one");
        return exit_not_stationary;
    }
    if (status == TEPUI_ERROR_INVALID_SIZE)
        throw UserError("--wide " + std::to_string(options.wide_width) + ": " +
                        tepui_context_message(context));
    require(context, status);
    const CriticalSetHandle set(raw);
    report.set = told(context, tepui_critical_set_report, raw);
    show_and_draw(options.figure.json ? critical_set_as_json(report) : critical_set_as_text(report),
                  options.figure.file, [&] { return critical_set_figure(report); });
    return exit_ok;
}

}  // namespace tepui::cli
