// A point of a network of any layout, loss and weight decay.
#include <cmath>

#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

using Align = TextTable::Align;

std::string label(const Json& neuron) {
    return neuron.contains("given_neurons") ? neurons_text(neuron["given_neurons"]) : neuron["neuron"].dump();
}

std::string size_text(const Json& values) {
    double size = 0.0;
    for (const Json& value : values) size = std::hypot(size, real_of(value));
    return significant(size, 6);
}

std::string rank_text(const Json& slopes) {
    const Json& bounds = slopes["rank_bounds"];
    return bounds[0] == bounds[1] ? bounds[0].dump() : bounds[0].dump() + " to " + bounds[1].dump();
}

std::string whole_index_text(const Json& whole) {
    std::string index = index_text(whole);
    if (whole["data_nullity"] > 0)
        index += " (" + whole["data_nullity"].dump() + " of it directions that no sample sees)";
    return wrapped("  Index     ", index);
}

std::string spectrum_text(const Json& hessian) {
    if (hessian.contains("evidence")) return wrapped("  Hessian   ", evidence_text(hessian));
    const Json& inertia = hessian["inertia"];
    if (inertia["negative"].is_null()) return "";
    std::string text = "eigenvalues " + significant(real_of(hessian["lambda_min"]), 6) + " to " +
                       significant(real_of(hessian["lambda_max"]), 6) + "; negative/zero/positive " +
                       inertia_text(hessian);
    if (hessian["explained_zeros"] > 0)
        text += ", " + hessian["explained_zeros"].dump() +
                " of the zero ones directions along which the loss never changes";
    return wrapped("  Hessian   ", text);
}

std::string neuron_table(const Json& neurons, bool several) {
    TextTable table;
    for (const char* name :
         {"neuron", several ? "|a_i|" : "a_i", "rank Psi", "lambda_min", "lambda_max", "-/0/+", "margin"})
        table.column(name, Align::right);
    for (const char* name : {"inner Hessian", "plateau"}) table.column(name, Align::left);
    for (const Json& neuron : neurons) {
        const Json& inner = neuron["inner_hessian"];
        const bool any = neuron["inner_hessian_order"] > 0;
        const auto of_inner = [&](const char* name, int digits) {
            return any ? scientific(real_of(inner[name]), digits) : "";
        };
        table.row({label(neuron), several ? size_text(neuron["a"]) : significant(real_of(neuron["a"][0]), 6),
                   rank_text(neuron["slopes"]), of_inner("lambda_min", 5), of_inner("lambda_max", 5),
                   inertia_text(inner), of_inner("margin", 2), phrase<Definiteness>(neuron["definiteness"]),
                   phrase<PlateauType>(neuron["plateau"])});
    }
    return table.text("  ");
}

std::string region_table(const Json& neurons) {
    TextTable table;
    table.column("neuron", Align::right);
    for (const char* name : {"local minima at", "saddles at", "rule"}) table.column(name, Align::left);
    for (const Json& neuron : neurons)
        table.row({label(neuron), phrase<GammaRegion>(neuron["local_minima"]),
                   phrase<GammaRegion>(neuron["saddles"]), text_of(neuron["rule"])});
    return table.text("  ");
}

std::string joint_text(const Json& point) {
    const Json& joint = point["split_at_once"];
    std::string parts;
    for (const Json& part : joint["parts"])
        parts += (parts.empty() ? "neuron " : ", neuron ") +
                 label(point["neurons"][part["neuron"].get<std::size_t>()]) + " by gamma " +
                 short_gamma_text(part["gamma"]);
    std::string numbers = index_text(joint);
    if (!joint["witness"].is_null()) numbers += "; way down: " + witness_text(joint["witness"]);
    return wrapped("  ", "Split at once, " + parts + ": " +
                             verdict_phrase(joint["verdict"], false, point["global"].get<bool>()) + " (" +
                             text_of(joint["rule"]) + ")") +
           wrapped("      ", numbers);
}

std::string splits_text(const Json& point) {
    std::string text;
    for (const Json& neuron : point["neurons"])
        for (const Json& split : neuron.value("splits", Json::array())) {
            text += wrapped("  ", "Neuron " + label(neuron) + " split by gamma " +
                                      gamma_text(split["gamma"]) + ": " +
                                      verdict_phrase(split["verdict"], false, point["global"].get<bool>()) +
                                      " (" + text_of(split["rule"]) + ")");
            std::string numbers = split["index"].is_null() ? "" : index_text(split["index"]);
            if (!split["witness"].is_null())
                numbers += (numbers.empty() ? "way down: " : "; way down: ") + witness_text(split["witness"]);
            if (!numbers.empty()) text += wrapped("      ", numbers);
        }
    return point.contains("split_at_once") ? text + joint_text(point) : text;
}

}  // namespace

std::string model_where_text(const Json& point, std::int64_t inputs) {
    const Json& whole = point["whole"];
    std::string text;
    if (whole["rank"] < inputs)
        text += wrapped("  Inputs    ", "rank " + whole["rank"].dump() + " of " + std::to_string(inputs) +
                                            ": analysed in the space that the samples span");
    if (point["neurons_of"] != "reduced_network") return text;
    text += wrapped("  Reduced   ",
                    "to " + counted(whole["narrow_width"].get<std::int64_t>(), "distinct neuron") +
                        " of the same function:");
    for (const Json& group : whole["groups"])
        if (group["neurons"].size() > 1)
            text += wrapped("            ", "neurons " + neurons_text(group["neurons"]) +
                                                " are one neuron split by gamma " +
                                                short_gamma_text(group["gamma"]));
    return text;
}

std::string model_point_text(const Json& point, std::int64_t inputs) {
    std::string text = wrapped("  Verdict   ", verdict_line(point)) + gradient_text(point);
    if (!point["stationary"].get<bool>())
        return text + "  The theorems speak of stationary points: nothing is classified here.\n";
    text += model_where_text(point, inputs) + whole_index_text(point["whole"]);
    text += spectrum_text(point["hessian"]);
    if (!point["witness"].is_null()) text += wrapped("  Way down  ", witness_text(point["witness"]));
    if (!point["splits_refused"].is_null())
        return text + wrapped("  Splits    ", text_of(point["splits_refused"]));
    if (point["neurons"].empty()) return text;
    text +=
        "\n" + neuron_table(point["neurons"], point["outputs"] > 1) + "\n" + region_table(point["neurons"]);
    const std::string splits = splits_text(point);
    return splits.empty() ? text : text + "\n" + splits;
}

}  // namespace tepui::cli
