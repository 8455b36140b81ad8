#include "cli/report/text_legend.hpp"

#include <algorithm>
#include <set>

#include "cli/report/text_directional.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {

std::string legend_text(const Report& report) {
    std::set<tepui_rule> rules;
    for (const PointReport& point : report.points) {
        for (const NeuronReport& neuron : point.neurons) {
            rules.insert(neuron.rule);
            for (const SplitReport& split : neuron.splits) rules.insert(split.rule);
        }
    }
    for (const PointReport& point : report.points) {
        if (point.whole && point.stationary())
            for (const GroupReport& group : point.whole->groups) rules.insert(group.rule);
        if (point.joint) rules.insert(point.joint->whole.rule);
    }
    if (std::any_of(report.points.begin(), report.points.end(),
                    [](const PointReport& point) { return point.directional.has_value(); })) {
        return directional_legend(report);
    }
    if (rules.empty()) return "";
    std::string text = "\nReading this\n";
    text += wrapped("  neuron         ",
                    "numbered from 0, as the rows of W; numbers with commas are one neuron, given "
                    "as several");
    text += wrapped("  split          ",
                    "neuron i is replaced by copies with the same w_i and output weights gamma_j "
                    "a_i, the gammas summing to 1: the loss stays, the point stays stationary");
    text += wrapped("  Gamma+         ", "every gamma positive, e.g. (0.3, 0.7)");
    text += wrapped("  Gamma-         ", "one gamma positive, every other negative, e.g. (1.5, -0.5)");
    text += wrapped(
        "  inner Hessian  ",
        "H_i = a_i sum_k s_k r_k sigma''(w_i . x_k) x_k x_k^T; lambda: its extreme eigenvalues; -/0/+: how "
        "many are negative, zero, positive; margin: the smallest non-zero one over its error bound");
    if (std::any_of(report.points.begin(), report.points.end(), [](const PointReport& point) {
            return std::any_of(point.neurons.begin(), point.neurons.end(), [](const NeuronReport& neuron) {
                return neuron.method == TEPUI_NEURON_METHOD_MATRIX_FREE;
            });
        })) {
        text +=
            wrapped("  by products    ",
                    "H_i was not formed: v^T H_i v of two directions, in place of the extreme eigenvalues, "
                    "proves both signs (+/?/+), and the margin is theirs");
    }
    text += wrapped("  plateau        ", "what the splits of this neuron are, taken together");
    text += wrapped("  escape from    ",
                    "a split in two from which the loss falls, and the change of the loss on the "
                    "way down: predicted by the leading term, and measured");
    text += "  rules named above\n";
    for (const tepui_rule rule : rules)
        text += wrapped("    ", std::string(tepui_rule_name(rule)) + ": " + tepui_rule_sentence(rule));
    return text;
}

}  // namespace tepui::cli
