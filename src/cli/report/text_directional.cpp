#include "cli/report/text_directional.hpp"

#include <cctype>
#include <set>

#include "cli/report/report_names.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

using Align = TextTable::Align;

std::string witness_text(const WitnessReport& witness) {
    return "loss changes by " + scientific(witness.measured, 4) + " measured, " +
           scientific(witness.predicted, 4) + " predicted (order " + std::to_string(witness.order) +
           ", step " + significant(witness.epsilon, 3) + ")";
}

std::string verdict_text(const PointReport& point) {
    const DirectionalReport& directional = *point.directional;
    std::string verdict = verdict_phrase(point.verdict, false, point.global);
    for (char& c : verdict) c = char(std::toupper(static_cast<unsigned char>(c)));
    const std::string where = directional.deciding_neuron < 0
                                  ? ""
                                  : " [neuron " + std::to_string(directional.deciding_neuron) + "]";
    std::string text =
        wrapped("  Verdict   ", verdict + " (" + tepui_directional_rule_name(directional.rule) +
                                    "): " + tepui_directional_rule_sentence(directional.rule) + where);
    text += wrapped("  Tolerance ",
                    std::string("a derivative within ") + significant(directional.stationarity_tolerance, 3) +
                        " of the sum of its absolute terms counts as zero; a sample is at a kink "
                        "when |w_i . x_k| is within " +
                        scientific(directional.kink_tolerance, 2) + " of sum_j |w_ij x_kj|");
    if (point.witness) text += wrapped("  Way down  ", witness_text(*point.witness));
    return text;
}

std::string held_text(const DirectionalNeuronReport& neuron) {
    if (neuron.escape) return "escape neuron";
    if (neuron.answer == TEPUI_ANSWER_NO) return "falls";
    if (neuron.answer == TEPUI_ANSWER_UNDETERMINED) return "undetermined";
    return neuron.identically_zero ? "zero" : "held by kinks";
}

std::string neuron_table(const DirectionalReport& directional) {
    TextTable table;
    for (const char* name : {"neuron", "a_i", "psi_i", "kinks", "merged"}) table.column(name, Align::right);
    table.column("D_i", Align::left);
    table.column("margin", Align::right);
    for (const char* name : {"method", "stationary at", "local minima at", "saddles at"})
        table.column(name, Align::left);
    for (std::size_t i = 0; i < directional.neurons.size(); ++i) {
        const DirectionalNeuronReport& neuron = directional.neurons[i];
        table.row({std::to_string(i), significant(neuron.output_weight, 6), scientific(neuron.psi, 2),
                   std::to_string(neuron.kinks), std::to_string(neuron.merged_kinks), held_text(neuron),
                   neuron.margin < 0.0 ? "" : significant(neuron.margin, 4),
                   tepui_sign_method_name(neuron.method), region_phrase(neuron.stationary),
                   region_phrase(neuron.minima), region_phrase(neuron.saddles)});
    }
    return table.text("  ");
}

std::string reasons_text(const DirectionalReport& directional) {
    std::string text;
    for (std::size_t i = 0; i < directional.neurons.size(); ++i) {
        const DirectionalNeuronReport& neuron = directional.neurons[i];
        if (neuron.answer != TEPUI_ANSWER_UNDETERMINED) continue;
        text += wrapped("  ", "Neuron " + std::to_string(i) +
                                  " is undetermined: " + tepui_sign_reason_sentence(neuron.reason));
    }
    return text;
}

std::string gamma_text(const std::vector<double>& gamma) {
    std::string text;
    for (const double value : gamma) text += (text.empty() ? "" : ", ") + significant(value, 4);
    return "(" + text + ")";
}

std::string splits_text(const PointReport& point) {
    std::string text;
    for (std::size_t i = 0; i < point.directional->neurons.size(); ++i) {
        for (const DirectionalSplitReport& split : point.directional->neurons[i].splits) {
            text +=
                wrapped("  ", "Neuron " + std::to_string(i) + " split by gamma " + gamma_text(split.gamma) +
                                  ": " + verdict_phrase(split.verdict, false, point.global) + " (" +
                                  tepui_embedding_rule_name(split.rule) + ")");
            if (split.witness) text += wrapped("      ", "way down: " + witness_text(*split.witness));
        }
    }
    return text;
}

}  // namespace

std::string directional_text(const PointReport& point) {
    std::string text = verdict_text(point);
    if (!point.directional->neurons.empty()) text += "\n" + neuron_table(*point.directional);
    text += reasons_text(*point.directional);
    const std::string splits = splits_text(point);
    return splits.empty() ? text : text + "\n" + splits;
}

std::string directional_legend(const Report& report) {
    std::set<tepui_embedding_rule> rules;
    for (const PointReport& point : report.points) {
        if (!point.directional) continue;
        for (const DirectionalNeuronReport& neuron : point.directional->neurons)
            for (const DirectionalSplitReport& split : neuron.splits) rules.insert(split.rule);
    }
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
    if (rules.empty()) return text;
    text += "  rules named above\n";
    for (const tepui_embedding_rule rule : rules)
        text += wrapped("    ", std::string(tepui_embedding_rule_name(rule)) + ": " +
                                    tepui_embedding_rule_sentence(rule));
    return text;
}

}  // namespace tepui::cli
