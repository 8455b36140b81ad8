#include "cli/commands/any_point.hpp"

#include "cli/report/fit.hpp"

namespace tepui::cli {

Point analyse_any_point(const Problem& problem, const tepui_network* network, const PointRequest& asked,
                        const Report& report, Timings& timings) {
    tepui_context* context = problem.context.get();
    if (report.plain()) return analyse_point(context, problem.dataset.get(), network, asked, timings);
    const bool verdict_needed =
        asked.certify || !asked.splits.gammas.empty() || !asked.splits.at_once.empty();
    Point point;
    try {
        point = analyse_point(context, problem.dataset.get(), network, asked, timings);
    } catch (const LibraryError& error) {
        if (error.status != TEPUI_ERROR_UNSUPPORTED || verdict_needed) throw;
        point.json = unjudged_json(context, problem.dataset.get(), network, error.what());
    }
    add_before_parameters(point.json, "fit",
                          fit_json(context, problem.dataset.get(), problem.samples, network, report));
    timings.add("fit");
    return point;
}

}  // namespace tepui::cli
