// tepui plateau: the verdicts on all splits of one neuron, as a table and as a picture.
#include <iostream>

#include "chosen_point.hpp"
#include "collect.hpp"
#include "commands.hpp"
#include "gnuplot.hpp"
#include "interrupt.hpp"
#include "number_text.hpp"
#include "output_files.hpp"
#include "plateau_map.hpp"
#include "progress.hpp"
#include "user_error.hpp"

namespace tepui::cli {

int run_plateau(const PlateauOptions& options) {
    check_point_options(options.point);
    if (!options.figure.file.empty()) check_figure_file(options.figure.file);
    PlateauReport report;
    report.head.command = "plateau";
    Problem problem = open_problem(options.data, options.model, options.run, report.head);
    tepui_context* context = problem.context.get();
    catch_interrupt();
    const ChosenPoint chosen = choose_point(problem, options.point, report.head);
    show_warnings(report.head);
    if (!chosen.network) {
        std::cerr << "tepui: no start reached a stationary point" << std::endl;
        return exit_not_stationary;
    }
    if (options.neuron >= report.head.width)
        throw UserError("--neuron " + std::to_string(options.neuron) + ": the network has " +
                        counted(report.head.width, "neuron") + ", numbered from 0");

    const Progress progress(context);
    tepui_analysis* raw = nullptr;
    require(context, tepui_analyze(context, problem.dataset.get(), chosen.network.get(), &raw));
    const AnalysisHandle analysis(raw);
    report.point = describe_analysis(context, chosen.network.get(), raw);
    report.point_description = chosen.description;
    if (!report.point.stationary()) {
        std::cerr << "tepui: the point is not stationary: its largest gradient component is "
                  << scientific(report.point.gradient_relative, 3) << " of its absolute terms (at most "
                  << significant(report.point.stationarity_tolerance, 3)
                  << " counts as stationary); tepui classify --polish moves it" << std::endl;
        return exit_not_stationary;
    }
    report.map = map_plateau(context, raw, options.neuron, options.daughters, options.steps.value_or(0));
    if (!options.figure.file.empty()) {
        const Figure figure = plateau_figure(report);
        draw_with_gnuplot(figure.script, options.figure.file, figure.width, figure.height);
    }
    show(options.figure.json ? plateau_as_json(report) : plateau_as_text(report));
    return exit_ok;
}

}  // namespace tepui::cli
