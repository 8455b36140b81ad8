#include "cli/trace/trace.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/options/option_checks.hpp"
#include "cli/search/search.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr const char* examples =
    R"(Examples:
  tepui trace diabetes.csv --target progression --features bmi,s5 --width 5 --out run.svg
  tepui trace --data X.npy --y y.npy --activation leaky_relu:0.1 --width 8 --init-scale 1e-8 --seed 3 --json

Behind every plateau stands an exact stationary point: neurons that are still small wait at w = 0, a = 0, the
others settle. Those that wait and could lower the loss are its escape neurons; without any it is a local
minimum. Pictures are drawn by gnuplot (Debian: apt-get install gnuplot-nox).

Exit status: 0 report given, 2 bad input, 4 failure of the library, 128 + the signal when interrupted (Ctrl-C:
130, SIGTERM: 143; what was seen until then is reported).)";

using TraceHandle = std::unique_ptr<tepui_trace, Destroyer<tepui_trace_destroy>>;

}  // namespace

CLI::App* add_trace_command(CLI::App& app, TraceOptions& options) {
    CLI::App* command = app.add_subcommand(
        "trace", "Gradient flow of a ReLU-like network from tiny weights, and the point behind each plateau");
    add_data_options(*command, options.data, true);
    add_sample_weights_option(*command, options.data);
    refuse_weights_option(*command);
    add_model_options(*command, options.model);
    command->get_option("--activation")->description("relu (default), leaky_relu, leaky_relu:SLOPE or abs");
    command->add_option("--width", options.width, "Number of hidden neurons")
        ->required()
        ->check(whole_number(1))
        ->type_name("M");
    command
        ->add_option("--init-scale", options.initial_scale,
                     "Size of every neuron's weights at the start, |a| = |w| (default 1e-6)")
        ->check(positive_number())
        ->type_name("S");
    command->add_option("--seed", options.seed, "Seed of the start (default 1)")
        ->check(whole_number(0))
        ->type_name("K");
    command->add_option("--max-steps", options.max_steps, "Steps of the run at most (default 50000)")
        ->check(whole_number(1))
        ->type_name("N");
    add_threads_option(*command, options.run);
    add_stationarity_option(*command, options.run);
    add_figure_options(*command, options.figure);
    command->footer(examples);
    return command;
}

int run_trace(const TraceOptions& options) {
    if (!options.figure.file.empty()) check_figure_file(options.figure.file);
    TraceReport report;
    report.head.command = "trace";
    report.head.width = options.width;
    report.seed = options.seed;
    report.max_steps = options.max_steps;
    report.initial_scale = options.initial_scale;
    Problem problem = open_problem(options.data, options.model, options.run, of_trace, report.head);
    show_warnings(report.head);
    catch_interrupt();
    tepui_context* context = problem.context.get();
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SEED, options.seed));
    const NetworkHandle like = prototype(problem, options.width, report.head);
    tepui_trace* raw = nullptr;
    {
        const Progress progress(context);
        const tepui_status status = tepui_trace_like(context, problem.dataset.get(), like.get(),
                                                     options.initial_scale, options.max_steps, &raw);
        if (status == TEPUI_ERROR_UNSUPPORTED && problem.relu_like())
            throw UserError(std::string("--decay: ") + tepui_context_message(context));
        if (status == TEPUI_ERROR_UNSUPPORTED)
            throw UserError("--activation " + report.head.activation + ": " + tepui_context_message(context) +
                            "; tepui analyze finds and judges the points of smooth ones");
        require(context, status);
    }
    const TraceHandle trace(raw);
    report.run = told(context, tepui_trace_report, raw);
    report.head.interrupted = interrupted();
    show_and_draw(options.figure.json ? trace_as_json(report) : trace_as_text(report), options.figure.file,
                  [&] { return trace_figure(report); });
    return report.head.interrupted ? interrupted_status() : int(exit_ok);
}

}  // namespace tepui::cli
