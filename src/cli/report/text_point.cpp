#include "cli/report/text_point.hpp"

#include <cctype>

#include "cli/report/fit.hpp"
#include "cli/report/phrases.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

using Align = TextTable::Align;

std::string whole_number(const Json& value) {
    return std::to_string(value.get<std::int64_t>());
}

bool of_reduced(const Json& point) {
    return point["neurons_of"] == "reduced_network";
}

std::string neuron_label(const Json& point, std::size_t i) {
    const Json& neuron = point["neurons"][i];
    return neuron.contains("given_neurons") ? neurons_text(neuron["given_neurons"]) : std::to_string(i);
}

std::string title(const Report& report, std::size_t index) {
    const Json& point = report.points[index].json;
    const double loss = real_of(point["loss"]);
    std::string text = "Point " + std::to_string(index + 1) + " of " + std::to_string(report.points.size()) +
                       ": loss " + significant(loss, 12);
    const double variation = report.preprocessing.variation();
    if (!point.contains("fit") && report.loss.kind == LossKind::squared && !report.decay.any() &&
        variation > 0.0)
        text += ", R^2 " + with_decimals(1.0 - 2.0 * loss / variation, 4);
    if (point.contains("starts"))
        text += ", reached by " + counted(point["starts"].get<std::int64_t>(), "start");
    return text + "\n";
}

std::string hessian_text(const Json& point, bool in_space) {
    const Json& hessian = point["hessian"];
    std::string text;
    if (hessian.contains("evidence")) text += wrapped("  Hessian   ", evidence_text(hessian));
    const Json& inertia = hessian["inertia"];
    if (inertia["negative"].is_null()) return text;
    const bool any = inertia["negative"] != 0 || inertia["positive"] != 0;
    return text + wrapped("  Hessian   ",
                          "eigenvalues " + significant(real_of(hessian["lambda_min"]), 6) + " to " +
                              significant(real_of(hessian["lambda_max"]), 6) +
                              (of_reduced(point) ? " of the reduced network" : "") +
                              (in_space ? " in coordinates of the space that the inputs span" : "") +
                              "; negative/zero/positive " + inertia_text(hessian) +
                              (any ? "; smallest non-zero one is " +
                                         significant(real_of(hessian["margin"]), 3) + " times the error bound"
                                   : ""));
}

std::string index_of_whole_text(const Json& whole) {
    std::string index = index_text(whole);
    if (whole["data_nullity"] > 0)
        index += " (" + whole_number(whole["data_nullity"]) + " of it directions that no sample sees)";
    return wrapped("  Index     ", index);
}

std::string verdict_text(const Json& point, std::int64_t inputs) {
    const bool stationary = point["stationary"].get<bool>();
    std::string text = wrapped("  Verdict   ", verdict_line(point));
    text += gradient_text(point);
    const bool whole = point.contains("whole");
    if (whole) text += where_text(point, inputs);
    if (whole && stationary) text += index_of_whole_text(point["whole"]);
    if (!stationary || point["hessian"].is_null()) return text;
    text += hessian_text(point, whole && point["whole"]["rank"] < inputs);
    if (!point["witness"].is_null()) text += wrapped("  Way down  ", witness_text(point["witness"]));
    return text;
}

std::string neuron_table(const Json& point) {
    TextTable table;
    for (const char* name : {"neuron", "a_i", "lambda_min", "lambda_max", "-/0/+", "margin"})
        table.column(name, Align::right);
    for (const char* name : {"inner Hessian", "plateau"}) table.column(name, Align::left);
    for (std::size_t i = 0; i < point["neurons"].size(); ++i) {
        const Json& neuron = point["neurons"][i];
        const Json& inner = neuron["inner_hessian"];
        table.row({neuron_label(point, i), significant(real_of(neuron["a"]), 6),
                   scientific(real_of(inner["lambda_min"]), 5), scientific(real_of(inner["lambda_max"]), 5),
                   inertia_text(inner), scientific(real_of(inner["margin"]), 2),
                   phrase<Definiteness>(neuron["definiteness"]) +
                       (neuron["method"] == "matrix_free" ? ", by products" : ""),
                   phrase<PlateauType>(neuron["plateau"])});
    }
    return table.text("  ");
}

std::string split_table(const Json& point) {
    TextTable table;
    table.column("neuron", Align::right);
    for (const char* name : {"local minima at", "saddles at", "rule"}) table.column(name, Align::left);
    for (const char* name : {"escape from", "predicted", "measured"}) table.column(name, Align::right);
    for (std::size_t i = 0; i < point["neurons"].size(); ++i) {
        const Json& neuron = point["neurons"][i];
        const Json& escape = neuron["best_escape"];
        const auto change = [&](const char* name) {
            return escape.is_null() ? "" : scientific(real_of(escape["witness"][name]), 3);
        };
        table.row({neuron_label(point, i), phrase<GammaRegion>(neuron["local_minima"]),
                   phrase<GammaRegion>(neuron["saddles"]), text_of(neuron["rule"]),
                   escape.is_null() ? "none" : gamma_text(escape["gamma"]), change("predicted"),
                   change("measured")});
    }
    return table.text("  ");
}

// Index and way down of a split.
std::string split_numbers(const Json& split) {
    std::string numbers = index_text(split);
    if (!split["witness"].is_null()) numbers += "; way down: " + witness_text(split["witness"]);
    return wrapped("      ", numbers);
}

// The splits that --gamma and --split asked for.
std::string asked_splits(const Json& point) {
    const bool global = point["global"].get<bool>();
    std::string text;
    for (std::size_t i = 0; i < point["neurons"].size(); ++i) {
        const Json& neuron = point["neurons"][i];
        const bool several = neuron.contains("given_neurons") && neuron["given_neurons"].size() > 1;
        for (const Json& split : neuron.value("splits", Json::array())) {
            text += wrapped("  ", (several ? "Neurons " + neuron_label(point, i) + " as one,"
                                           : "Neuron " + neuron_label(point, i)) +
                                      " split by gamma " + gamma_text(split["gamma"]) + ": " +
                                      verdict_phrase(split["verdict"], false, global) + " (" +
                                      text_of(split["rule"]) + ", margin " +
                                      scientific(real_of(split["margin"]), 2) + ")") +
                    split_numbers(split);
        }
    }
    if (!point.contains("split_at_once")) return text;
    const Json& joint = point["split_at_once"];
    std::string parts;
    for (const Json& part : joint["parts"])
        parts += (parts.empty() ? "neuron " : ", neuron ") +
                 neuron_label(point, part["neuron"].get<std::size_t>()) + " by gamma " +
                 short_gamma_text(part["gamma"]);
    return text +
           wrapped("  ", (of_reduced(point) ? "In the reduced network, split at once, " : "Split at once, ") +
                             parts + ": " + verdict_phrase(joint["verdict"], false, global) + " (" +
                             text_of(joint["rule"]) + ")") +
           split_numbers(joint);
}

}  // namespace

std::string evidence_text(const Json& hessian) {
    const Json& evidence = hessian["evidence"];
    std::string text = "by " + counted(evidence["products"].get<std::int64_t>(), "product") +
                       ": curvatures from " + significant(real_of(hessian["lambda_min"]), 6) + " to " +
                       significant(real_of(hessian["lambda_max"]), 6) +
                       "; scaled by blocks, smallest Ritz value " +
                       significant(real_of(evidence["ritz_value"]), 6) + ", residual " +
                       scientific(real_of(evidence["residual"]), 2) + ", error bound " +
                       scientific(real_of(evidence["tau"]), 2);
    if (real_of(evidence["miss_probability"]) < 1.0)
        text += "; an eigenvalue at or below zero was missed with probability at most " +
                scientific(real_of(evidence["miss_probability"]), 1);
    return text;
}

std::string inertia_text(const Json& spectrum) {
    const Json& inertia = spectrum["inertia"];
    if (inertia["negative"].is_null()) return "+/?/+";  // proven indefinite, not counted
    return whole_number(inertia["negative"]) + "/" + whole_number(inertia["zero"]) + "/" +
           whole_number(inertia["positive"]);
}

std::string gradient_text(const Json& point) {
    const double tolerance = real_of(point["stationarity_tolerance"]);
    const std::string limit = tolerance < 1.0
                                  ? "at most " + significant(tolerance, 3) + " counts as stationary"
                                  : "all of which may be rounding";
    return wrapped("  Gradient  ", "norm " + scientific(real_of(point["gradient_norm"]), 3) +
                                       "; largest component " +
                                       scientific(real_of(point["gradient_relative"]), 3) +
                                       " of the sum of its absolute terms (" + limit + ")");
}

std::string verdict_line(const Json& point) {
    std::string verdict =
        verdict_phrase(point["verdict"], point.value("strict", false), point["global"].get<bool>());
    for (char& c : verdict) c = char(std::toupper(static_cast<unsigned char>(c)));
    return verdict + " (" + text_of(point["rule"]) + "): " + text_of(point["reason"]);
}

std::string point_text(const Report& report, std::size_t index) {
    const Point& one = report.points[index];
    const Json& point = one.json;
    std::string text = title(report, index);
    if (point.contains("fit")) text += fit_text(point["fit"], report);
    const std::string proof = point.contains("certificate")
                                  ? certificate_text(point["certificate"], report.preprocessing.standardized)
                                  : "";
    if (one.unjudged()) return text + unjudged_text(point) + proof;
    if (!one.analysed()) return text + "  not analysed: interrupted before\n";
    if (one.of_model())
        return text + model_point_text(point, report.inputs) + (proof.empty() ? "" : "\n" + proof);
    if (one.directional()) return text + directional_text(point);
    text += verdict_text(point, report.inputs);
    if (!one.stationary())
        return text + proof + "  The theorems speak of stationary points: nothing is classified here.\n";
    if (point["neurons"].empty()) return text + proof;
    if (of_reduced(point))
        text += "\n" + wrapped("  ",
                               "Neurons of the reduced network, by the given ones that are the same; splits "
                               "are splits of these:");
    text += "\n" + neuron_table(point) + "\n" + split_table(point);
    const std::string splits = asked_splits(point);
    if (!splits.empty()) text += "\n" + splits;
    return proof.empty() ? text : text + "\n" + proof;
}

}  // namespace tepui::cli
