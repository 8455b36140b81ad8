#include "cli/commands/any_point.hpp"

#include "cli/report/fit.hpp"

namespace tepui::cli {

Point analyse_any_point(const Problem& problem, const tepui_network* network, const PointRequest& asked,
                        const Report& report, Timings& timings) {
    tepui_context* context = problem.context.get();
    const tepui_dataset* dataset = problem.dataset.get();
    if (report.plain()) return analyse_point(context, dataset, network, asked, timings);
    const auto judge = asked.relu_like       ? judge_kinked_model
                       : report.one_output() ? analyse_point
                                             : judge_model;
    Point point = judge(context, dataset, network, asked, timings);
    add_before_parameters(point.json, "fit", fit_json(context, dataset, problem.samples, network, report));
    timings.add("fit");
    return point;
}

}  // namespace tepui::cli
