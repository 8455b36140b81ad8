// A saddle-to-saddle run as text and as JSON.
#include "cli/report/phrases.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "cli/trace/trace.hpp"
#include "vocabulary/infinity.hpp"
#include "vocabulary/solve.hpp"

namespace tepui::cli {
namespace {

// "0, 2, 5-7"
std::string neuron_list(const Json& list) {
    const auto neurons = list.get<std::vector<std::int64_t>>();
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

std::string verdict_text(const Json& plateau) {
    const std::string elsewhere = plateau["found"].get<bool>() ? "" : " (elsewhere)";
    if (!plateau["at_infinity"].is_null())
        return phrase<EndVerdict>(plateau["at_infinity"]["verdict"]) + elsewhere;
    if (plateau["outcome"] != "converged") return "not reached";
    return verdict_phrase(plateau["verdict"]) + elsewhere;
}

std::string ending_sentence(const TraceReport& report) {
    const FlowEnd ending = value_named<FlowEnd>(text_of(report.run["ending"])).value();
    switch (ending) {
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
    return name_of(ending);
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
    for (std::size_t p = 0; p < report.plateaus().size(); ++p) {
        const Json& plateau = report.plateaus()[p];
        const Json& witness = plateau["witness"];
        table.row({std::to_string(p + 1), significant(real_of(plateau["begin"]), 4),
                   significant(real_of(plateau["end"]), 4), significant(real_of(plateau["loss"]), 8),
                   significant(real_of(plateau["exact_loss"]), 10), verdict_text(plateau),
                   neuron_list(plateau["waiting"]), neuron_list(plateau["escape_neurons"]),
                   witness.is_null() ? "-" : scientific(-real_of(witness["measured"]), 2)});
    }
    return table.text("  ");
}

}  // namespace

std::string trace_as_text(const TraceReport& report) {
    std::string text = report_head_as_text(report.head);
    const Json& losses = report.curve("loss");
    text +=
        wrapped("Run         ",
                "gradient flow from |a| = |w| of about " + significant(report.initial_scale, 3) + ", seed " +
                    std::to_string(report.seed) + ": loss " + significant(real_of(losses.front()), 6) +
                    " to " + significant(real_of(losses.back()), 6) + " in time " +
                    significant(real_of(report.curve("time").back()), 4) + ", " +
                    counted(report.curve("step").back().get<std::int64_t>(), "step"));
    text += wrapped("Ended by    ", ending_sentence(report));
    text += "\n" + plateau_table(report);
    text += "\nReading this\n";
    text += wrapped("  loss there      ", "of the run, where it falls slowest on the plateau");
    text += wrapped("  exact loss      ",
                    "of the stationary point behind it, exact to rounding: neurons that are still small wait "
                    "at w = 0, a = 0, the others settle; (elsewhere): its loss is not the plateau's");
    const std::string theorem =
        report.head.plain()
            ? "a stationary point is a local minimum exactly when it has none"
            : "a stationary point that has none is judged by the Hessian where kinks hold it, "
              "as tepui classify tells";
    text += wrapped("  escape neurons  ",
                    "those that wait (a = 0) and can lower the loss by (a, w) together; " + theorem);
    text += wrapped("  loss falls by   ", "measured on the best way down from the exact point");
    return text;
}

std::string trace_as_json(const TraceReport& report) {
    Json json = report_head_as_json(report.head);
    json["initial_scale"] = report.initial_scale;
    json["seed"] = report.seed;
    json["max_steps"] = report.max_steps;
    json.update(report.run);
    json["warnings"] = report.head.warnings;
    return json_text(json);
}

}  // namespace tepui::cli
