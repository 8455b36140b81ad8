// The map of a plateau as text and as JSON.
#include <cmath>
#include <set>

#include "cli/plateau/map.hpp"
#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
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

// |a| of several outputs.
std::string output_text(const Json& a) {
    if (!a.is_array()) return significant(real_of(a), 6);
    double size = 0.0;
    for (const Json& value : a) size = std::hypot(size, real_of(value));
    return "of size " + significant(size, 6);
}

std::string slopes_text(const Json& slopes) {
    const Json& bounds = slopes["rank_bounds"];
    return "Psi of rank " +
           (bounds[0] == bounds[1] ? bounds[0].dump() : bounds[0].dump() + " to " + bounds[1].dump()) +
           ": how psi = sum g sigma(w . x) leaves zero at its weights, output by output";
}

std::string inner_text(const Json& neuron) {
    if (neuron.contains("inner_hessian_order") && neuron["inner_hessian_order"] == 0)
        return "of no dimension where Psi leaves none";
    return phrase<Definiteness>(neuron["definiteness"]) +
           (neuron.contains("slopes") && neuron["slopes"]["rank_bounds"][0] > 0 ? " where Psi is zero" : "") +
           ", eigenvalues " + significant(real_of(neuron["inner_hessian"]["lambda_min"]), 6) + " to " +
           significant(real_of(neuron["inner_hessian"]["lambda_max"]), 6);
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
        table.row({signs_text(part), part.name(), phrase_of(part.verdict), std::to_string(part.splits),
                   std::to_string(part.others), count_text(part.index, "morse_index"),
                   count_text(part.index, "nullity"), fall_text(part), name_of(part.rule)});
    return table.text("  ");
}

Json part_json(const PlateauPart& part) {
    Json json = {{"signs", part.signs},
                 {"region", part.name()},
                 {"boundary", part.boundary()},
                 {"splits", part.splits},
                 {"verdict", name_of(part.verdict)},
                 {"rule", name_of(part.rule)},
                 {"others", part.others},
                 {"least_fall", part.least_fall},
                 {"largest_fall", part.largest_fall}};
    json.update(part.index);
    return json;
}

Json split_json(const MappedSplit& split) {
    Json json = {{"gamma", split.gamma},        {"verdict", name_of(split.verdict)},
                 {"rule", name_of(split.rule)}, {"predicted", nullptr},
                 {"measured", nullptr},         {"measured_error", nullptr}};
    json.update(split.index);
    if (!split.way.is_null()) json.update(split.way);
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
    const Json &neuron = report.parent(), &point = report.point;
    std::string text = report_head_as_text(report.head);
    std::string subject = report.subject();
    subject.front() = 'N';
    text += "\n" + wrapped("", subject + ", " + report.point_description + ": loss " +
                                   significant(real_of(point["loss"]), 12) + ", " +
                                   verdict_phrase(point["verdict"], point["strict"].get<bool>(),
                                                  point["global"].get<bool>()));
    text += neuron.contains("slopes") ? model_where_text(point, report.head.inputs)
                                      : where_text(point, report.head.inputs);
    if (report.together.size() > 1)
        text += wrapped("  Output weight  ", output_text(neuron["a"]) + ", the sum of theirs");
    if (neuron.contains("slopes")) text += wrapped("  Slopes         ", slopes_text(neuron["slopes"]));
    text += wrapped("  Inner Hessian  ", inner_text(neuron));
    text +=
        wrapped("  Plateau        ", phrase<PlateauType>(neuron["plateau"]) + " (" + text_of(neuron["rule"]) +
                                         "): local minima " + phrase<GammaRegion>(neuron["local_minima"]) +
                                         ", saddles " + phrase<GammaRegion>(neuron["saddles"]));
    text += wrapped("  Splits         ",
                    "into " + std::to_string(map.daughters) + ", " + std::to_string(map.splits.size()) +
                        " of them: every gamma a multiple of 1/" + std::to_string(map.steps) + ", at least " +
                        significant(map.lower, 4));
    text += "\n" + parts_table(map);
    text += "\nReading this\n";
    text +=
        wrapped("  index, nullity  ",
                std::string("numbers of negative and of zero eigenvalues of the wide Hessian") +
                    (point["whole"]["rank"] < report.head.inputs || !point["whole"]["fitted_samples"].empty()
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
    std::set<std::string> rules;
    for (const MappedSplit& split : map.splits) rules.insert(name_of(split.rule));
    return text + "  rules\n" + rules_text<Rule>(rules);
}

std::string plateau_as_json(const PlateauReport& report) {
    const PlateauMap& map = report.map;
    const Json &neuron = report.parent(), &point = report.point;
    Json json = report_head_as_json(report.head);
    json["point"] = {{"description", report.point_description}};
    for (const char* name : {"loss", "verdict", "strict", "global"}) json["point"][name] = point[name];
    json["point"]["rank"] = point["whole"]["rank"];
    json["point"]["inputs"] = report.head.inputs;
    for (const char* name : {"fitted_samples", "narrow_width"}) json["point"][name] = point["whole"][name];
    json["neuron"] = report.neuron;
    json["distinct_neuron"] = report.distinct;
    json["together"] = report.together;
    json["definiteness"] = neuron["definiteness"];
    json["plateau"] = neuron["plateau"];
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
