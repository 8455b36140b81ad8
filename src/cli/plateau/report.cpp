// The map of a plateau as text and as JSON.
#include <set>

#include "cli/plateau/map.hpp"
#include "cli/report/report_json.hpp"
#include "cli/report/report_names.hpp"
#include "cli/report/text_network.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

std::string signs_text(const PlateauPart& part) {
    std::string text;
    for (const int sign : part.signs)
        text += std::string(text.empty() ? "" : ", ") + (sign > 0 ? "+" : (sign < 0 ? "-" : "0"));
    return "(" + text + ")";
}

std::string fall_text(const PlateauPart& part) {
    if (part.largest_fall == 0.0) return "-";
    return scientific(part.least_fall, 3) + " to " + scientific(part.largest_fall, 3);
}

std::string parts_table(const PlateauMap& map) {
    using Align = TextTable::Align;
    TextTable table;
    table.column("signs of gamma", Align::left);
    table.column("region", Align::left);
    table.column("verdict", Align::left);
    for (const char* name : {"splits", "others", "index", "nullity"}) table.column(name, Align::right);
    table.column("loss falls by", Align::left);
    table.column("rule", Align::left);
    for (const PlateauPart& part : map.parts)
        table.row({signs_text(part), part.name(), verdict_phrase(part.verdict, false, false),
                   std::to_string(part.splits), std::to_string(part.others), part.index.morse_index.text(),
                   part.index.nullity.text(), fall_text(part), tepui_rule_name(part.rule)});
    return table.text("  ");
}

Json part_json(const PlateauPart& part) {
    Json json = {{"signs", part.signs},
                 {"region", part.name()},
                 {"boundary", part.boundary()},
                 {"splits", part.splits},
                 {"verdict", tepui_verdict_name(part.verdict)},
                 {"rule", tepui_rule_name(part.rule)},
                 {"others", part.others},
                 {"least_fall", part.least_fall},
                 {"largest_fall", part.largest_fall}};
    add_index(json, part.index);
    return json;
}

Json split_json(const SplitReport& split) {
    Json json = {{"gamma", split.gamma},
                 {"verdict", tepui_verdict_name(split.verdict)},
                 {"rule", tepui_rule_name(split.rule)},
                 {"predicted", nullptr},
                 {"measured", nullptr},
                 {"measured_error", nullptr}};
    add_index(json, split.index);
    if (split.witness) {
        json["predicted"] = split.witness->predicted;
        json["measured"] = split.witness->measured;
        json["measured_error"] = split.witness->measured_error;
    }
    return json;
}

}  // namespace

std::string PlateauReport::subject() const {
    if (together.size() == 1) return "neuron " + std::to_string(neuron);
    std::string text = "neurons ";
    for (std::size_t j = 0; j < together.size(); ++j)
        text += (j == 0 ? "" : (j + 1 == together.size() ? " and " : ", ")) + std::to_string(together[j]);
    return text + " as one";
}

std::string plateau_as_text(const PlateauReport& report) {
    const PlateauMap& map = report.map;
    const NeuronReport& neuron = report.parent();
    std::string text = report_head_as_text(report.head);
    std::string subject = report.subject();
    subject.front() = 'N';
    text += "\n" +
            wrapped("", subject + ", " + report.point_description + ": loss " +
                            significant(report.point.loss, 12) + ", " +
                            verdict_phrase(report.point.verdict, report.point.strict, report.point.global));
    text += where_text(report.point, report.head.inputs);
    if (report.together.size() > 1)
        text += wrapped("  Output weight  ", significant(neuron.output_weight, 6) + ", the sum of theirs");
    text += wrapped("  Inner Hessian  ", definiteness_phrase(neuron.definiteness) + ", eigenvalues " +
                                             significant(neuron.inner_hessian.lambda_min, 6) + " to " +
                                             significant(neuron.inner_hessian.lambda_max, 6));
    text +=
        wrapped("  Plateau        ", plateau_phrase(neuron.plateau) + " (" + tepui_rule_name(neuron.rule) +
                                         "): local minima " + region_phrase(neuron.minima) + ", saddles " +
                                         region_phrase(neuron.saddles));
    text += wrapped("  Splits         ",
                    "into " + std::to_string(map.daughters) + ", " + std::to_string(map.splits.size()) +
                        " of them: every gamma a multiple of 1/" + std::to_string(map.steps) + ", at least " +
                        significant(map.lower, 4));
    text += "\n" + parts_table(map);
    text += "\nReading this\n";
    text += wrapped(
        "  index, nullity  ",
        std::string("numbers of negative and of zero eigenvalues of the wide Hessian") +
            (report.point.whole->rank < report.head.inputs || !report.point.whole->fitted_samples.empty()
                 ? " in coordinates of the space that the samples analysed span"
                 : ""));
    text += wrapped("  loss falls by   ",
                    "measured along the best way down of " +
                        (map.stride == 1 ? std::string("each split")
                                         : std::to_string(map.searched()) + " of the splits, some " +
                                               std::to_string((map.steps + map.stride / 2) / map.stride) +
                                               " per unit of gamma") +
                        "; no number: no way down is known");
    text +=
        wrapped("  others          ", "splits of these signs with another verdict (--json lists every one)");
    std::set<tepui_rule> rules;
    for (const SplitReport& split : map.splits) rules.insert(split.rule);
    text += "  rules\n";
    for (const tepui_rule rule : rules)
        text += wrapped("    ", std::string(tepui_rule_name(rule)) + ": " + tepui_rule_sentence(rule));
    return text;
}

std::string plateau_as_json(const PlateauReport& report) {
    const PlateauMap& map = report.map;
    const NeuronReport& neuron = report.parent();
    Json json = report_head_as_json(report.head);
    json["point"] = {{"description", report.point_description},
                     {"loss", report.point.loss},
                     {"verdict", tepui_verdict_name(report.point.verdict)},
                     {"strict", report.point.strict},
                     {"global", report.point.global},
                     {"rank", report.point.whole->rank},
                     {"inputs", report.head.inputs},
                     {"fitted_samples", report.point.whole->fitted_samples},
                     {"narrow_width", report.point.whole->narrow_width}};
    json["neuron"] = report.neuron;
    json["distinct_neuron"] = report.distinct;
    json["together"] = report.together;
    json["definiteness"] = tepui_definiteness_name(neuron.definiteness);
    json["plateau"] = tepui_plateau_type_name(neuron.plateau);
    json["daughters"] = map.daughters;
    json["steps"] = map.steps;
    json["lower"] = map.lower;
    json["parts"] = Json::array();
    for (const PlateauPart& part : map.parts) json["parts"].push_back(part_json(part));
    json["splits"] = Json::array();
    for (std::size_t index = 0; index < map.splits.size(); ++index) {
        json["splits"].push_back(split_json(map.splits[index]));
        json["splits"].back()["part"] = map.part_of[index];
    }
    json["warnings"] = report.head.warnings;
    return json_text(json);
}

}  // namespace tepui::cli
