// A search for stationary points, and a run of gradient flow.
#include <algorithm>

#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report inputs_report(const InputReport& inputs) {
    tepui_report dependences = tepui_report::array();
    for (const Dependence& found : inputs.dependences)
        dependences.push_back(tepui_report::object({{"inputs", found.inputs}, {"size", found.size}}));
    return tepui_report::object({{"used", inputs.used},
                                 {"smallest_used", inputs.smallest_used},
                                 {"largest_unused", inputs.largest_unused},
                                 {"distinct_samples", inputs.distinct_samples},
                                 {"dependences", std::move(dependences)}});
}

tepui_report start_report(const StartReport& start, Size number) {
    return tepui_report::object({{"start", number},
                                 {"outcome", start.outcome},
                                 {"reason", start.reason},
                                 {"iterations", start.iterations},
                                 {"loss", start.loss},
                                 {"gradient_relative", start.gradient_relative},
                                 {"point", known(start.distinct < 0 ? -1 : start.distinct + 1)},
                                 {"end", known(start.distinct_end < 0 ? -1 : start.distinct_end + 1)}});
}

tepui_report outcomes_report(const std::vector<StartReport>& starts) {
    tepui_report outcomes = tepui_report::object();
    for (const Word& word : Vocabulary<StartOutcome>::words)
        outcomes.add(word.name, std::count_if(starts.begin(), starts.end(), [&](const StartReport& start) {
                         return static_cast<std::int32_t>(start.outcome) == word.number;
                     }));
    return outcomes;
}

tepui_report plateau_report(const TracedPlateau& traced, const std::vector<FlowPoint>& curve,
                            const Network& point) {
    const Plateau& plateau = traced.plateau;
    const std::optional<PlateauVerdict>& found = traced.verdict;
    const char* reason = found                ? found->reason
                         : traced.at_infinity ? sentence_of(traced.at_infinity->end->rule)
                                              : "the exact point was not reached";
    return tepui_report::object(
        {{"begin", curve[plateau.begin].time},
         {"end", curve[plateau.end].time},
         {"slowest", curve[plateau.slowest].time},
         {"curve_points", std::vector<Size>{Size(plateau.begin), Size(plateau.end), Size(plateau.slowest)}},
         {"loss", curve[plateau.slowest].loss},
         {"rate", plateau.rate},
         {"found", traced.found},
         {"outcome", traced.point.outcome},
         {"reason", traced.point.reason},
         {"iterations", traced.point.iterations},
         {"exact_loss", traced.point.loss},
         {"gradient_relative", traced.point.gradient_relative},
         {"verdict", found ? found->verdict : Verdict::undetermined},
         {"verdict_reason", reason},
         {"waiting", traced.idle},
         {"escape_neurons", found ? found->escapes : std::vector<Size>()},
         {"witness", way_report(found ? found->witness : std::nullopt, {})},
         {"at_infinity", traced.at_infinity ? end_report(*traced.at_infinity, 1) : tepui_report(nullptr)},
         {"parameters", point.parameters}});
}

}  // namespace

tepui_report solution_report(const SolveResult& result, const std::vector<const Network*>& networks) {
    tepui_report starts = tepui_report::array(), points = tepui_report::array();
    for (const StartReport& start : result.starts)
        starts.push_back(start_report(start, Size(starts.count()) + 1));
    for (const DistinctPoint& point : result.points) {
        const std::size_t number = points.count();
        tepui_report report =
            tepui_report::object({{"point", number + 1}, {"loss", point.loss}, {"starts", point.hits}});
        add_parameters(report, *networks[number]);
        points.push_back(std::move(report));
    }
    tepui_report ends = tepui_report::array();
    for (const DistinctEnd& end : result.ends) ends.push_back(end_report(end, Size(ends.count()) + 1));
    return tepui_report::object({{"inputs", inputs_report(result.inputs)},
                                 {"outcomes", outcomes_report(result.starts)},
                                 {"starts", std::move(starts)},
                                 {"points", std::move(points)},
                                 {"ends", std::move(ends)}});
}

tepui_report trace_report(const TraceResult& trace, const std::vector<const Network*>& points) {
    std::vector<Size> steps;
    std::vector<double> times, losses;
    for (const FlowPoint& point : trace.flow.curve) {
        steps.push_back(point.step);
        times.push_back(point.time);
        losses.push_back(point.loss);
    }
    tepui_report plateaus = tepui_report::array();
    for (const TracedPlateau& plateau : trace.plateaus)
        plateaus.push_back(plateau_report(plateau, trace.flow.curve, *points[plateaus.count()]));
    return tepui_report::object({{"ending", trace.flow.end},
                                 {"curve", tepui_report::object({{"step", std::move(steps)},
                                                                 {"time", std::move(times)},
                                                                 {"loss", std::move(losses)}})},
                                 {"plateaus", std::move(plateaus)}});
}

}  // namespace tepui
