// Options of tepui plateau.
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/options/option_checks.hpp"
#include "cli/options/options.hpp"

namespace tepui::cli {
namespace {

constexpr const char* plateau_examples =
    R"(Examples:
  tepui plateau diabetes.csv --target progression --features bmi --width 2 --neuron 0 --out plateau.svg
  tepui plateau diabetes.csv --target progression --features bmi --width 2 --neuron 0 --daughters 3 --out plateau.pdf
  tepui plateau --data X.npy --y y.npy --activation silu --weights W.npy a.npy --neuron 1 --json

The point is that of the lowest loss among those found (--width, --starts, --seed, --point) or the one given
by --weights. Pictures are drawn by gnuplot (Debian: apt-get install gnuplot-nox).

Exit status: 0 report given, 2 bad input, 3 no stationary point, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143).)";

}  // namespace

void add_point_options(CLI::App& command, PointOptions& point, DataOptions& data) {
    add_weights_option(command, point.weight_files, &data, true);
    command.add_option("--width", point.solve.width, "Search for a point of that many hidden neurons")
        ->check(whole_number(1, most_neurons))
        ->type_name("M");
    command
        .add_option("--point", point.number, "Which of the points found, from 1 by rising loss (default 1)")
        ->check(whole_number(1))
        ->type_name("K");
    add_search_options(command, point.solve);
}

void add_figure_options(CLI::App& command, FigureOptions& figure) {
    command.add_flag("--json", figure.json, "Write the report to standard output as JSON");
    command.add_option("--out", figure.file, "Draw a picture into this file: .svg, .pdf or .png")
        ->check(not_empty())
        ->type_name("FILE");
}

CLI::App* add_plateau_command(CLI::App& app, PlateauOptions& options) {
    CLI::App* command = app.add_subcommand(
        "plateau", "Map and draw the verdicts on all splits of one neuron into two or three");
    add_data_options(*command, options.data, false);
    add_sample_weights_option(*command, options.data);
    add_model_options(*command, options.model);
    add_point_options(*command, options.point, options.data);
    command
        ->add_option("--neuron", options.neuron,
                     "The neuron to split, from 0; daughters of one neuron are taken for that neuron")
        ->required()
        ->check(whole_number(0))
        ->type_name("I");
    command->add_option("--daughters", options.daughters, "Split it into 2 (default) or 3")
        ->check(CLI::IsMember({2, 3}))
        ->type_name("R");
    command
        ->add_option("--steps", options.steps,
                     "Splits per unit of gamma (default 40 for two daughters, 9 for three)")
        ->check(whole_number(2, 1000))
        ->type_name("N");
    add_threads_option(*command, options.run);
    add_stationarity_option(*command, options.run);
    add_figure_options(*command, options.figure);
    command->footer(plateau_examples);
    return command;
}

}  // namespace tepui::cli
