#include "cli/report/text_network.hpp"

#include "cli/report/report_names.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

template <class Value, class Text>
std::string listed(const std::vector<Value>& values, Text&& text) {
    constexpr std::size_t shown = 8;
    std::string list;
    for (std::size_t j = 0; j < std::min(values.size(), shown); ++j)
        list += (j ? ", " : "") + text(values[j]);
    return values.size() > shown ? list + ", ..." : list;
}

std::string coefficients_text(const std::vector<double>& values) {
    return "(" + listed(values, [](double value) { return significant(value, 4); }) + ")";
}

bool trivial(const GroupReport& group) {
    return group.kind == TEPUI_GROUP_PARENT && group.neurons.size() == 1;
}

std::string neurons_text(const GroupReport& group) {
    return (group.neurons.size() == 1 ? "neuron " : "neurons ") +
           listed(group.neurons, [](std::int64_t neuron) { return std::to_string(neuron); });
}

std::string group_text(const GroupReport& group, bool judged, bool global) {
    std::string text = neurons_text(group);
    if (group.kind == TEPUI_GROUP_PARENT)
        text += " are one neuron split by gamma " + coefficients_text(group.coefficients);
    else if (group.kind == TEPUI_GROUP_NULL)
        text += " has output weight 0";
    else
        text += " have equal weights and output weights " + coefficients_text(group.coefficients) +
                " that sum to 0";
    if (!judged) return text;
    const bool stays = group.kind != TEPUI_GROUP_PARENT && group.verdict == TEPUI_VERDICT_LOCAL_MINIMUM;
    return text + ": " + (stays ? "no matter" : verdict_phrase(group.verdict, false, global)) + " (" +
           tepui_rule_name(group.rule) + ")";
}

}  // namespace

std::string where_text(const PointReport& point, std::int64_t inputs) {
    const WholeReport& whole = *point.whole;
    std::string text;
    if (whole.rank < inputs)
        text += wrapped("  Inputs    ",
                        "rank " + std::to_string(whole.rank) + " of " + std::to_string(inputs) +
                            ": analysed in the space that the samples span; singular values beside the gap " +
                            scientific(whole.smallest_kept, 2) + " and " +
                            scientific(whole.largest_dropped, 2) + " of the largest");
    if (!whole.fitted_samples.empty())
        text += wrapped("  Set apart ",
                        counted(std::int64_t(whole.fitted_samples.size()), "sample") + " (number " +
                            listed(whole.fitted_samples, [](std::int64_t k) { return std::to_string(k); }) +
                            ", from 0): fitted exactly through directions of the inputs that no other sample "
                            "has; the point is a local minimum exactly when it is one without");
    if (whole.reduced()) {
        text += wrapped("  Reduced   ",
                        "to " + counted(whole.narrow_width, "distinct neuron") + " of the same function:");
        for (const GroupReport& group : whole.groups)
            if (!trivial(group))
                text += wrapped("            ", group_text(group, point.stationary(), point.global));
    }
    return text;
}

std::string whole_text(const PointReport& point) {
    const WholeReport& whole = *point.whole;
    std::string text = where_text(point, point.inputs);
    if (point.stationary()) {
        std::string index = whole.index.text();
        if (whole.data_nullity > 0)
            index += " (" + std::to_string(whole.data_nullity) + " of it directions that no sample sees)";
        text += wrapped("  Index     ", index);
    }
    return text;
}

std::string neuron_label(const PointReport& point, std::size_t i) {
    const std::vector<std::int64_t>& given = point.neurons[i].given;
    if (given.empty()) return std::to_string(i);
    return listed(given, [](std::int64_t neuron) { return std::to_string(neuron); });
}

std::string joint_split_text(const PointReport& point) {
    if (!point.joint) return "";
    const SplitReport& whole = point.joint->whole;
    std::string parts;
    for (const JointSplitReport::Part& part : point.joint->parts)
        parts += (parts.empty() ? "neuron " : ", neuron ") + neuron_label(point, std::size_t(part.neuron)) +
                 " by gamma " + coefficients_text(part.gamma);
    std::string text =
        wrapped("  ", (point.of_reduced() ? "In the reduced network, split at once, " : "Split at once, ") +
                          parts + ": " + verdict_phrase(whole.verdict, false, point.global) + " (" +
                          tepui_rule_name(whole.rule) + ")");
    std::string numbers = whole.index.text();
    if (whole.witness)
        numbers += "; way down: loss changes by " + scientific(whole.witness->measured, 4) + " measured, " +
                   scientific(whole.witness->predicted, 4) + " predicted (order " +
                   std::to_string(whole.witness->order) + ", step " + significant(whole.witness->epsilon, 3) +
                   ")";
    return text + wrapped("      ", numbers);
}

}  // namespace tepui::cli
