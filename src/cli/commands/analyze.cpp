// tepui analyze: table -> stationary points -> verdicts.
#include <algorithm>

#include "cli/commands/any_point.hpp"
#include "cli/ends/figure.hpp"
#include "cli/options/commands.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/point.hpp"
#include "cli/report/timings.hpp"
#include "cli/search/problem.hpp"
#include "cli/search/search.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// An interrupt during the search leaves its points to be analysed; one during the analysis ends it.
void analyse_points(const Problem& problem, const tepui_solution* solution, const Json& points,
                    const PointRequest& asked, Report& report, Timings& timings) {
    Progress progress(problem.context.get());
    bool go_on = true;
    const std::int64_t count = tepui_solution_points(solution);
    for (std::int64_t index = 0; index < count; ++index) {
        progress.set_stage("point " + std::to_string(index + 1) + " of " + std::to_string(count));
        const Json& found = points[std::size_t(index)];
        Point point;
        try {
            if (go_on)
                point =
                    analyse_any_point(problem, tepui_solution_point(solution, index), asked, report, timings);
        } catch (const LibraryError& error) {
            if (error.status != TEPUI_ERROR_CANCELLED) throw;
            go_on = false;
        }
        if (point.json.is_null()) {
            point.json = found;
            add_before_parameters(point.json, "verdict", nullptr);
            add_before_parameters(point.json, "reason", "interrupted before it was analysed");
        }
        point.json = numbered(std::move(point.json), std::size_t(index) + 1, found["starts"]);
        report.points.push_back(std::move(point));
    }
}

}  // namespace

int run_analyze(const AnalyzeOptions& options) {
    const EndPictureOptions& picture = options.picture;
    ranks().together([&] {
        check_directory(options.output.directory);
        if (!picture.file.empty()) check_figure_file(picture.file, "--draw-end");
    });
    Timings timings;
    Report report;
    report.command = "analyze";
    report.width = options.solve.width;
    Problem problem = open_problem(options.data, options.model, options.run, of_search, report);
    timings.add("read data");
    show_warnings(report);
    catch_interrupt();
    const Found found = search(problem, options.solve, report);
    timings.add("find points");
    report.interrupted = interrupted();
    analyse_points(
        problem, found.solution.get(), found.points,
        {{}, problem.relu_like(), options.run.certify, !options.output.directory.empty(), report.decay.any()},
        report, timings);
    report.interrupted = report.interrupted || interrupted();
    if (options.output.timings) report.timings = timings.report();
    std::vector<double> drawn;
    if (!picture.file.empty() && report.features.size() == 1) drawn = problem.samples.column(0);
    deliver(report, options.output, [&] {
        if (!picture.file.empty()) draw_end(report, problem, drawn, picture);
    });
    if (report.interrupted) return interrupted_status();
    const bool any = std::any_of(report.points.begin(), report.points.end(),
                                 [](const Point& point) { return point.stationary(); });
    return any || !report.search["ends"].empty() ? exit_ok : exit_not_stationary;
}

}  // namespace tepui::cli
