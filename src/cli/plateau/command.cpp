// tepui plateau: the verdicts on all splits of one neuron, as a table and as a picture.
#include <algorithm>

#include "cli/options/commands.hpp"
#include "cli/plateau/map.hpp"
#include "cli/report/model_verdict.hpp"
#include "cli/search/chosen_point.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

namespace {

bool refuse_unless_stationary(const Json& point) {
    if (point["stationary"].get<bool>()) return true;
    complain(
        "the point is not stationary: its largest gradient component is " +
        scientific(real_of(point["gradient_relative"]), 3) + " of its absolute terms (at most " +
        significant(real_of(point["stationarity_tolerance"]), 3) +
        " counts as stationary); tepui classify --polish moves it to the stationary point nearby, if there "
        "is one, and writes it with --out");
    return false;
}

}  // namespace

int run_plateau(const PlateauOptions& options) {
    PlateauReport report;
    report.head.command = "plateau";
    const std::optional<Scene> scene = open_scene(options, report.head);
    if (!scene) return exit_not_stationary;
    const auto& [problem, chosen] = *scene;
    tepui_context* context = problem.context.get();
    require_neuron(options.neuron, report.head);

    Progress progress(context);
    report.neuron = options.neuron;
    report.point_description = chosen.description;
    const auto known = [&] {
        if (!refuse_unless_stationary(report.point)) return false;
        report.distinct = distinct_neuron(report.point["whole"], "--neuron", report.neuron);
        report.together = report.point["whole"]["groups"][std::size_t(report.distinct)]["neurons"]
                              .get<std::vector<std::int64_t>>();
        return true;
    };
    const std::int64_t steps = options.steps.value_or(0);
    if (report.head.one_output()) {
        // The ways down of the splits are shown, not those of the neurons.
        require(context, tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_NEEDED));
        tepui_network_verdict* raw = nullptr;
        require(context, tepui_classify_network(context, problem.dataset.get(), chosen.network.get(), &raw));
        const NetworkVerdictHandle verdict(raw);
        report.point = told(context, tepui_network_verdict_report, raw);
        if (!known()) return exit_not_stationary;
        const tepui_analysis* analysis = tepui_network_verdict_analysis(raw);
        // Told of the distinct neurons in the space of the inputs, as the map is.
        const Json narrow = told(context, tepui_analysis_report, analysis);
        for (const char* name : {"loss", "verdict", "strict", "global"}) report.point[name] = narrow[name];
        report.map =
            map_plateau(judge_by(context, analysis, report.distinct), options.daughters, steps, progress);
    } else {
        tepui_model_verdict* raw = nullptr;
        require(context, tepui_classify_model(context, problem.dataset.get(), chosen.network.get(), &raw));
        const ModelVerdictHandle verdict(raw);
        report.point = told(context, tepui_model_verdict_report, raw);
        if (!known()) return exit_not_stationary;
        report.point["whole"]["fitted_samples"] = Json::array();  // none are set apart
        report.map = map_plateau(judge_by(context, problem.dataset.get(), raw, report.distinct),
                                 options.daughters, steps, progress);
    }
    show_and_draw(options.figure.json ? plateau_as_json(report) : plateau_as_text(report),
                  options.figure.file, [&] { return plateau_figure(report); });
    return exit_ok;
}

}  // namespace tepui::cli
