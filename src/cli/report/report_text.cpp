// The report for people, in plain text of 100 columns.
#include <algorithm>
#include <map>

#include "cli/report/phrases.hpp"
#include "cli/report/report.hpp"
#include "cli/report/text_end.hpp"
#include "cli/report/text_point.hpp"
#include "cli/report/text_search.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

// The first few of many.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 10;
    std::string text;
    for (std::size_t l = 0; l < std::min(names.size(), shown); ++l) text += (l ? ", " : "") + names[l];
    return names.size() > shown ? text + ", ... (" + std::to_string(names.size() - shown) + " more)" : text;
}

std::string targets_text(const Report& report) {
    std::string text = report.targets.size() == 1 ? "target " : "targets ";
    for (std::size_t c = 0; c < report.targets.size(); ++c) {
        const TargetColumn& column = report.targets[c];
        text += (c ? ", " : "") + column.name;
        if (column.classes.empty()) continue;
        text += report.loss.kind == LossKind::softmax
                    ? " of " + std::to_string(column.classes.size()) + " classes, each an output (" +
                          listed(column.classes) + ")"
                    : " (1 for " + column.classes[1] + ", 0 for " + column.classes[0] + ")";
    }
    return text;
}

std::string standardised_text(const Report& report) {
    if (!report.preprocessing.targets_standardized)
        return "Features standardised (mean 0, standard deviation 1), targets as they are: weights below are "
               "in "
               "those coordinates.";
    const bool one = report.output_count() == 1;
    std::string text = std::string("Features and ") + (one ? "target" : "targets") +
                       " standardised (mean 0, standard deviation 1): weights and losses below are in those "
                       "coordinates; one unit ";
    constexpr std::size_t shown = 10;
    for (std::size_t o = 0; o < std::min(report.outputs.size(), shown); ++o)
        text += (o ? ", of " : "of ") + (one ? "the target" : report.outputs[o]) + " is " +
                significant(report.preprocessing.targets[o].scale, 6);
    return text + (report.outputs.size() > shown ? ", ... in the table." : " in the table.");
}

std::string data_text(const Report& report) {
    std::string text = report.file + ": " + counted(report.samples, "sample") + ", " +
                       counted(std::int64_t(report.features.size()), "feature") + ", " + targets_text(report);
    if (!report.weight_column.empty()) text += ", sample weights " + report.weight_column;
    for (const CategoricalColumn& column : report.preprocessing.categorical)
        text += ", a 0/1 column for each of the " + counted(std::int64_t(column.values.size()), "value") +
                " of " + column.name;
    text = wrapped("Data        ", text);
    for (const std::string& warning : report.warnings) text += wrapped("            warning: ", warning);
    if (report.preprocessing.standardized) text += wrapped("            ", standardised_text(report));
    return text;
}

// What the command chose on its own, and how to choose otherwise.
std::string chosen_text(const Report& report) {
    if (report.chosen.empty()) return "";
    std::string what, options;
    for (const Chosen& one : report.chosen) {
        what += (what.empty() ? "" : "; ") + one.what;
        if (!one.because.empty()) what += " (" + one.because + ")";
        options += (options.empty() ? "" : ", ") + one.option;
    }
    return wrapped("Chosen      ", what + ". To choose otherwise: " + options + ".");
}

std::string polish_text(const Json& polish) {
    const std::string moved = significant(real_of(polish["relative_distance_moved"]), 3);
    if (polish["outcome"] == "converged" && !polish["accepted"].get<bool>())
        return wrapped("Polish      ", "the stationary point that it leads to is not nearby: it is " + moved +
                                           " of the weights' norm away; the weights are judged as given");
    if (polish["outcome"] == "converged")
        return wrapped("Polish      ", "moved to the stationary point nearby in " +
                                           counted(polish["iterations"].get<std::int64_t>(), "step") +
                                           "; the weights changed by " + moved + " of their norm");
    return wrapped("Polish      ", "found no stationary point nearby (" + text_of(polish["outcome"]) + ": " +
                                       text_of(polish["reason"]) + "); the weights are judged as given");
}

// "2 all saddles, 1 undetermined"
std::string plateaus_text(const Json& point) {
    std::map<std::string, std::int64_t> count;
    for (const Json& neuron : point.value("neurons", Json::array()))
        if (neuron.contains("plateau")) ++count[text_of(neuron["plateau"])];
    std::string text;
    for (const Word& type : Vocabulary<PlateauType>::words)
        if (count[type.name] > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count[type.name]) + " " +
                    phrase<PlateauType>(type.name);
    return text;
}

// One line a point.
std::string summary_table(const Report& report) {
    using Align = TextTable::Align;
    TextTable table;
    for (const char* name : {"point", "loss", "starts"}) table.column(name, Align::right);
    table.column("verdict", Align::left);
    table.column("plateaus of its neurons", Align::left);
    for (const Point& point : report.points) {
        const Json& json = point.json;
        table.row({json["point"].dump(), significant(real_of(json["loss"]), 10), json["starts"].dump(),
                   point.analysed() ? verdict_phrase(json["verdict"], json.value("strict", false),
                                                     json["global"].get<bool>())
                                    : "not analysed",
                   plateaus_text(json)});
    }
    return table.text("  ");
}

std::string timings_text(const TimingsReport& timings) {
    using Align = TextTable::Align;
    TextTable table;
    table.column("phase", Align::left);
    table.column("seconds", Align::right);
    table.column("share", Align::right);
    const auto add = [&](const std::string& name, double seconds) {
        table.row(
            {name, with_decimals(seconds, 4), with_decimals(100.0 * seconds / timings.seconds, 1) + " %"});
    };
    double rest = timings.seconds;
    for (const TimingsReport::Phase& phase : timings.phases) {
        add(phase.name, phase.seconds);
        rest -= phase.seconds;
    }
    add("rest", rest);
    add("in all", timings.seconds);
    return "\nWhere the time went (wall clock, this report not counted)\n" + table.text("  ");
}

}  // namespace

std::string report_head_as_text(const Report& report) {
    std::string text = data_text(report) + model_text(report) + chosen_text(report);
    if (!report.weight_files.empty()) text += wrapped("Weights     ", weights_text(report.weight_files));
    if (!report.search.is_null()) text += search_text(report);
    return text;
}

std::string report_as_text(const Report& report) {
    std::string text = report_head_as_text(report);
    if (!report.polish.is_null()) text += polish_text(report.polish);
    if (report.interrupted)
        text += wrapped("            ", "INTERRUPTED: this is what was found until then.");
    if (report.points.size() > 1) text += "\n" + summary_table(report);
    for (std::size_t index = 0; index < report.points.size(); ++index)
        text += "\n" + point_text(report, index);
    text += ends_text(report);
    if (report.points.empty() && !report.search.is_null()) text += "\n" + nothing_found_text(report);
    if (!report.advice.empty()) text += "\n" + wrapped("  What to do  ", report.advice);
    text += legend_text(report);
    return report.timings ? text + timings_text(*report.timings) : text;
}

}  // namespace tepui::cli
