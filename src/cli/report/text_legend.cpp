// What the words in the report mean.
#include <algorithm>
#include <set>

#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
#include "vocabulary/directional.hpp"

namespace tepui::cli {
namespace {

struct Used {
    std::set<std::string> rules;
    bool directional = false, of_outputs = false, by_products = false, slopes = false;
};

Used used_in(const Report& report) {
    Used used;
    const auto add = [&](const Json& judged) { used.rules.insert(text_of(judged["rule"])); };
    for (const Point& point : report.points) {
        if (!point.analysed()) continue;
        const Json& json = point.json;
        used.directional = used.directional || point.directional();
        used.of_outputs = used.of_outputs || (point.directional() && json.contains("outputs"));
        for (const Json& neuron : json.value("neurons", Json::array())) {
            if (!point.directional()) add(neuron);
            used.slopes = used.slopes || neuron.contains("slopes");
            used.by_products = used.by_products || neuron.value("method", "") == "matrix_free";
            for (const Json& split : neuron.value("splits", Json::array())) add(split);
        }
        if (json.contains("split_at_once")) add(json["split_at_once"]);
        if (json.contains("whole") && point.stationary() && !point.of_model())
            for (const Json& group : json["whole"]["groups"]) add(group);
    }
    return used;
}

std::string outputs_legend(const Used& used) {
    std::string text = "\nReading this\n";
    text +=
        wrapped("  psi_i, S_i     ",
                "dL = sum_i [da_i . psi_i + S_i(dw_i)] in every direction, S_i(v) = a_i . D_i(v) summed over "
                "the outputs; stationary: psi_i = 0 and S_i >= 0");
    text += wrapped("  escape neuron  ",
                    "some v has S_i(v) = 0 and D_i(v) not zero; without any a stationary point is a local "
                    "minimum; curvature: of the loss along the best way that begins so, a saddle where it is "
                    "negative; -: the faces of the kinks decide");
    text +=
        wrapped("  split          ",
                "neuron i is replaced by copies with the same w_i and output weights gamma_j a_i, the gammas "
                "summing to 1: the loss stays");
    if (used.rules.empty()) return text;
    return text + "  rules named above\n" + rules_text<OutputsRule>(used.rules);
}

std::string directional_legend(const Used& used) {
    std::string text = "\nReading this\n";
    text += wrapped(
        "  psi_i, D_i     ",
        "dL = sum_i [da_i psi_i + a_i D_i(dw_i)] in every direction; stationary: psi_i = 0 and a_i D_i "
        ">= 0; zero: D_i = 0 identically; held by kinks: a_i D_i >= 0 because the loss rises to both "
        "sides of samples with w_i . x_k = 0");
    text += wrapped("  escape neuron  ", "a_i = 0 and D_i not zero: the loss falls in second order");
    text += wrapped("  kinks, merged  ", "samples with w_i . x_k = 0, and directions among them that count");
    text += wrapped("  margin         ", "1: far from falling, 0: at the boundary of what the kinks hold");
    text +=
        wrapped("  split          ",
                "neuron i is replaced by copies with the same w_i and output weights gamma_j a_i, the gammas "
                "summing to 1: the loss stays; stationary, local minima and saddles say at which gammas; "
                "Gamma+: every gamma positive");
    if (used.rules.empty()) return text;
    return text + "  rules named above\n" + rules_text<EmbeddingRule>(used.rules);
}

}  // namespace

std::string legend_text(const Report& report) {
    const Used used = used_in(report);
    if (used.of_outputs) return outputs_legend(used);
    if (used.directional) return directional_legend(used);
    if (used.rules.empty()) return "";
    std::string text = "\nReading this\n";
    text += wrapped("  neuron         ",
                    "numbered from 0, as the rows of W; numbers with commas are one neuron, given "
                    "as several");
    text += wrapped("  split          ",
                    "neuron i is replaced by copies with the same w_i and output weights gamma_j "
                    "a_i, the gammas summing to 1: the loss stays, the point stays stationary");
    text += wrapped("  Gamma+         ", "every gamma positive, e.g. (0.3, 0.7)");
    text += wrapped("  Gamma-         ", "one gamma positive, every other negative, e.g. (1.5, -0.5)");
    if (used.slopes)
        text += wrapped("  Psi            ",
                        "Psi_i = sum_k sigma'(w_i . x_k) x_k g_k^T, g_k the slopes of the loss by the "
                        "outputs: where it is "
                        "not zero every split of the neuron is a saddle");
    text += wrapped(
        "  inner Hessian  ",
        std::string(used.slopes
                        ? "H_i = sum_k (g_k . a_i) sigma''(w_i . x_k) x_k x_k^T on the kernel of Psi_i^T"
                        : "H_i = a_i sum_k s_k r_k sigma''(w_i . x_k) x_k x_k^T") +
            "; lambda: its extreme eigenvalues; -/0/+: how many are negative, zero, positive; margin: the "
            "smallest "
            "non-zero one over its error bound");
    if (used.by_products) {
        text +=
            wrapped("  by products    ",
                    "H_i was not formed: v^T H_i v of two directions, in place of the extreme eigenvalues, "
                    "proves both signs (+/?/+), and the margin is theirs");
    }
    text += wrapped("  plateau        ", "what the splits of this neuron are, taken together");
    if (!used.slopes)
        text += wrapped("  escape from    ",
                        "a split in two from which the loss falls, and the change of the loss on the "
                        "way down: predicted by the leading term, and measured");
    text += "  rules named above\n";
    return text + rules_text<Rule>(used.rules);
}

}  // namespace tepui::cli
