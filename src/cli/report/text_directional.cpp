// A point of a network of ReLU-like neurons.
#include <cmath>

#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

using Align = TextTable::Align;

// What the loss does where samples at kinks stay there.
std::string face_text(const Json& face) {
    std::string text = "dimension " + face["dimension"].dump(), known;
    if (face["still"] != 0) known = "along which no output moves, and no decay";
    if (face["turned"] != 0)
        known += std::string(known.empty() ? "" : ", or ") + "by which neurons turn into one another";
    if (face["dimension"] != 0)
        text += ", " + face["negative"].dump() + " negative and " + face["zero"].dump() +
                " zero eigenvalues of the Hessian" + (known.empty() ? "" : " (" + known + ")") +
                ", the least " + scientific(real_of(face["lambda_min"]), 2) + ", zero within " +
                scientific(real_of(face["tolerance"]), 2);
    return wrapped("  Faces     ",
                   text + (face["kinks_hold"].get<bool>() ? "; the kinks hold" : "; not all kinks hold"));
}

std::string verdict_text(const Json& point) {
    const Json& neuron = point["deciding_neuron"];
    const std::string where = neuron.is_null() ? "" : " [neuron " + neuron.dump() + "]";
    std::string text = wrapped("  Verdict   ", verdict_line(point) + where);
    text += wrapped("  Tolerance ",
                    std::string("a derivative within ") +
                        significant(real_of(point["stationarity_tolerance"]), 3) +
                        " of the sum of its absolute terms counts as zero; a sample is at a kink "
                        "when |w_i . x_k| is within " +
                        scientific(real_of(point["kink_tolerance"]), 2) + " of sum_j |w_ij x_kj|");
    if (!point.value("face", Json()).is_null()) text += face_text(point["face"]);
    if (!point["witness"].is_null()) text += wrapped("  Way down  ", witness_text(point["witness"]));
    return text;
}

std::string size_text(const Json& values) {
    double size = 0.0;
    for (const Json& value : values) size = std::hypot(size, real_of(value));
    return significant(size, 6);
}

// Whether neurons may leave w = 0; "-" where it was not asked, as the faces decide.
std::string escape_text(const Json& point, const Json& neuron) {
    const bool asked = point.value("face", Json()).is_null() || neuron["escape"] != "undetermined";
    return asked ? text_of(neuron["escape"]) : "-";
}

// Of several outputs.
std::string several_table(const Json& point) {
    TextTable table;
    for (const char* name : {"neuron", "|a_i|", "|psi_i|", "kinks"}) table.column(name, Align::right);
    for (const char* name : {"S_i >= 0", "method", "escape neuron"}) table.column(name, Align::left);
    table.column("curvature", Align::right);
    const bool one = point["outputs"] == 1;
    for (const Json& neuron : point["neurons"]) {
        const Json& a = point["a"][neuron["neuron"].get<std::size_t>()];
        table.row({neuron["neuron"].dump(), one ? size_text(Json::array({a})) : size_text(a),
                   size_text(neuron["psi"]), neuron["kinks"].dump(), text_of(neuron["nonnegative"]),
                   text_of(neuron["method"]), escape_text(point, neuron),
                   neuron["escape"] == "yes" ? scientific(real_of(neuron["curvature"]), 2) : ""});
    }
    return table.text("  ");
}

std::string held_text(const Json& neuron) {
    if (neuron["escape"].get<bool>()) return "escape neuron";
    if (neuron["nonnegative"] == "no") return "falls";
    if (neuron["nonnegative"] == "undetermined") return "undetermined";
    return neuron["identically_zero"].get<bool>() ? "zero" : "held by kinks";
}

std::string neuron_table(const Json& neurons) {
    TextTable table;
    for (const char* name : {"neuron", "a_i", "psi_i", "kinks", "merged"}) table.column(name, Align::right);
    table.column("D_i", Align::left);
    table.column("margin", Align::right);
    for (const char* name : {"method", "stationary at", "local minima at", "saddles at"})
        table.column(name, Align::left);
    for (const Json& neuron : neurons)
        table.row({neuron["neuron"].dump(), significant(real_of(neuron["a"]), 6),
                   scientific(real_of(neuron["psi"]), 2), neuron["kinks"].dump(),
                   neuron["merged_kinks"].dump(), held_text(neuron),
                   neuron["margin"].is_null() ? "" : significant(real_of(neuron["margin"]), 4),
                   text_of(neuron["method"]), phrase<GammaRegion>(neuron["stationary"]),
                   phrase<GammaRegion>(neuron["local_minima"]), phrase<GammaRegion>(neuron["saddles"])});
    return table.text("  ");
}

std::string reasons_text(const Json& neurons) {
    std::string text;
    for (const Json& neuron : neurons)
        if (neuron["nonnegative"] == "undetermined")
            text += wrapped("  ", "Neuron " + neuron["neuron"].dump() +
                                      " is undetermined: " + text_of(neuron["undetermined_because"]));
    return text;
}

std::string splits_text(const Json& point) {
    std::string text;
    for (const Json& neuron : point["neurons"]) {
        for (const Json& split : neuron.value("splits", Json::array())) {
            text += wrapped("  ", "Neuron " + neuron["neuron"].dump() + " split by gamma " +
                                      gamma_text(split["gamma"]) + ": " +
                                      verdict_phrase(split["verdict"], false, point["global"].get<bool>()) +
                                      " (" + text_of(split["rule"]) + ")");
            if (!split["witness"].is_null())
                text += wrapped("      ", "way down: " + witness_text(split["witness"]));
        }
    }
    return text;
}

}  // namespace

std::string directional_text(const Json& point) {
    std::string text = verdict_text(point);
    const bool several = point.contains("outputs");
    if (!point["neurons"].empty())
        text += "\n" + (several ? several_table(point) : neuron_table(point["neurons"]));
    text += reasons_text(point["neurons"]);
    const std::string splits = splits_text(point);
    return splits.empty() ? text : text + "\n" + splits;
}

}  // namespace tepui::cli
