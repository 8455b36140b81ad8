#include "cli/report/phrases.hpp"

#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

template <class Text>
std::string listed(const Json& values, Text&& text) {
    constexpr std::size_t shown = 8;
    std::string list;
    for (std::size_t j = 0; j < std::min(values.size(), shown); ++j)
        list += (j ? ", " : "") + text(values[j]);
    return values.size() > shown ? list + ", ..." : list;
}

}  // namespace

std::string verdict_phrase(const Json& verdict, bool strict, bool global) {
    if (global) return strict ? "strict global minimum" : "global minimum";
    return (strict && verdict == "local_minimum" ? "strict " : "") + phrase<Verdict>(verdict);
}

std::string gamma_text(const Json& gamma) {
    std::string text;
    for (const Json& value : gamma) text += (text.empty() ? "" : ", ") + significant(real_of(value), 4);
    return "(" + text + ")";
}

std::string short_gamma_text(const Json& gamma) {
    return "(" + listed(gamma, [](const Json& value) { return significant(real_of(value), 4); }) + ")";
}

std::string neurons_text(const Json& neurons) {
    return listed(neurons, [](const Json& neuron) { return std::to_string(neuron.get<std::int64_t>()); });
}

std::string count_text(const Json& report, const std::string& name) {
    const Json& bounds = report.at(name + "_bounds");
    const std::string least = std::to_string(bounds[0].get<std::int64_t>());
    return bounds[0] == bounds[1] ? least : least + " to " + std::to_string(bounds[1].get<std::int64_t>());
}

std::string index_text(const Json& report) {
    return "Morse index " + count_text(report, "morse_index") + ", nullity " + count_text(report, "nullity");
}

std::string witness_text(const Json& witness) {
    return "loss changes by " + scientific(real_of(witness["measured"]), 4) + " measured, " +
           scientific(real_of(witness["predicted"]), 4) + " predicted (order " +
           std::to_string(witness["order"].get<std::int64_t>()) + ", step " +
           significant(real_of(witness["epsilon"]), 3) + ")";
}

}  // namespace tepui::cli
