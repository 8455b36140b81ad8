// A saddle-to-saddle run as text and as JSON.
#include "cli/report/report_json.hpp"
#include "cli/report/report_names.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "cli/trace/trace.hpp"
#include "vocabulary/solve.hpp"

namespace tepui::cli {
namespace {

// "0, 2, 5-7"
std::string neuron_list(const std::vector<std::int64_t>& neurons) {
    std::string text;
    for (std::size_t l = 0; l < neurons.size();) {
        std::size_t last = l;
        while (last + 1 < neurons.size() && neurons[last + 1] == neurons[last] + 1) ++last;
        text += (text.empty() ? "" : ", ") + std::to_string(neurons[l]);
        if (last > l) text += (last > l + 1 ? "-" : ", ") + std::to_string(neurons[last]);
        l = last + 1;
    }
    return text.empty() ? "none" : text;
}

std::string verdict_text(const TracedPlateauReport& plateau) {
    if (plateau.outcome != TEPUI_START_CONVERGED) return "not reached";
    return verdict_phrase(plateau.verdict, false, false) + (plateau.found ? "" : " (elsewhere)");
}

std::string ending_sentence(const TraceReport& report) {
    switch (FlowEnd{report.ending}) {
        case FlowEnd::at_rest:
            return "at rest: over the last third of the time the loss hardly fell and no neuron grew";
        case FlowEnd::zero_loss:
            return "zero loss";
        case FlowEnd::step_limit:
            return "the limit of " + std::to_string(report.max_steps) + " steps (--max-steps)";
        case FlowEnd::cancelled:
            return "INTERRUPTED: this is what was seen until then";
        case FlowEnd::stuck:
            return "stuck: no step short enough lowers the loss";
    }
    return name_of(FlowEnd{report.ending});
}

std::string plateau_table(const TraceReport& report) {
    using Align = TextTable::Align;
    TextTable table;
    for (const char* name : {"#", "from time", "to time", "loss there", "exact loss"})
        table.column(name, Align::right);
    table.column("exact point", Align::left);
    table.column("waiting", Align::left);
    table.column("escape neurons", Align::left);
    table.column("loss falls by", Align::right);
    for (std::size_t p = 0; p < report.plateaus.size(); ++p) {
        const TracedPlateauReport& plateau = report.plateaus[p];
        table.row({std::to_string(p + 1), significant(plateau.begin, 4), significant(plateau.end, 4),
                   significant(plateau.loss, 8), significant(plateau.exact_loss, 10), verdict_text(plateau),
                   neuron_list(plateau.idle), neuron_list(plateau.escapes),
                   plateau.witness ? scientific(-plateau.witness->measured, 2) : "-"});
    }
    return table.text("  ");
}

}  // namespace

std::string trace_as_text(const TraceReport& report) {
    std::string text = report_head_as_text(report.head);
    const TraceReport::Point& last = report.curve.back();
    text += wrapped("Run         ",
                    "gradient flow from |a| = |w| of about " + significant(report.initial_scale, 3) +
                        ", seed " + std::to_string(report.seed) + ": loss " +
                        significant(report.curve.front().loss, 6) + " to " + significant(last.loss, 6) +
                        " in time " + significant(last.time, 4) + ", " + counted(last.step, "step"));
    text += wrapped("Ended by    ", ending_sentence(report));
    text += "\n" + plateau_table(report);
    text += "\nReading this\n";
    text += wrapped("  loss there      ", "of the run, where it falls slowest on the plateau");
    text += wrapped("  exact loss      ",
                    "of the stationary point behind it, exact to rounding: neurons that are still small wait "
                    "at w = 0, a = 0, the others settle; (elsewhere): its loss is not the plateau's");
    text += wrapped("  escape neurons  ",
                    "those that wait (a = 0) and can lower the loss to first order in (a, w) together; a "
                    "stationary point is a local minimum exactly when it has none");
    text += wrapped("  loss falls by   ", "measured on the best way down from the exact point");
    return text;
}

std::string trace_as_json(const TraceReport& report) {
    Json json = report_head_as_json(report.head);
    json["initial_scale"] = report.initial_scale;
    json["seed"] = report.seed;
    json["max_steps"] = report.max_steps;
    json["ending"] = tepui_trace_ending_name(report.ending);
    json["curve"] = {{"step", Json::array()}, {"time", Json::array()}, {"loss", Json::array()}};
    for (const TraceReport::Point& point : report.curve) {
        json["curve"]["step"].push_back(point.step);
        json["curve"]["time"].push_back(point.time);
        json["curve"]["loss"].push_back(point.loss);
    }
    json["plateaus"] = Json::array();
    for (const TracedPlateauReport& plateau : report.plateaus) {
        json["plateaus"].push_back({{"begin", plateau.begin},
                                    {"end", plateau.end},
                                    {"slowest", plateau.slowest},
                                    {"loss", plateau.loss},
                                    {"rate", plateau.rate},
                                    {"found", plateau.found},
                                    {"outcome", tepui_start_outcome_name(plateau.outcome)},
                                    {"reason", plateau.reason},
                                    {"exact_loss", plateau.exact_loss},
                                    {"gradient_relative", plateau.gradient_relative},
                                    {"verdict", tepui_verdict_name(plateau.verdict)},
                                    {"verdict_reason", plateau.verdict_reason},
                                    {"waiting", plateau.idle},
                                    {"escape_neurons", plateau.escapes},
                                    {"witness", witness_json(plateau.witness)},
                                    {"parameters", plateau.parameters}});
    }
    json["warnings"] = report.head.warnings;
    return json_text(json);
}

}  // namespace tepui::cli
