#include "cli/report/text_point.hpp"

#include "cli/report/report_names.hpp"
#include "cli/report/text_directional.hpp"
#include "cli/report/text_network.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

using Align = TextTable::Align;

std::string inertia_text(const SpectrumReport& spectrum) {
    if (spectrum.inertia[0] < 0) return "+/?/+";  // proven indefinite, not counted
    return std::to_string(spectrum.inertia[0]) + "/" + std::to_string(spectrum.inertia[1]) + "/" +
           std::to_string(spectrum.inertia[2]);
}

std::string gamma_text(const double* gamma, std::size_t count) {
    std::string text;
    for (std::size_t j = 0; j < count; ++j) text += (j ? ", " : "") + significant(gamma[j], 4);
    return "(" + text + ")";
}

std::string title(const Report& report, std::size_t index) {
    const PointReport& point = report.points[index];
    std::string text = "Point " + std::to_string(index + 1) + " of " + std::to_string(report.points.size()) +
                       ": loss " + significant(point.loss, 12);
    if (report.preprocessing.target_variation > 0.0)
        text += ", R^2 " + with_decimals(1.0 - 2.0 * point.loss / report.preprocessing.target_variation, 4);
    if (point.hits > 0) text += ", reached by " + counted(point.hits, "start");
    return text + "\n";
}

std::string evidence_text(const EvidenceReport& evidence, const SpectrumReport& hessian) {
    std::string text = "by " + counted(evidence.products, "product") + ": curvatures from " +
                       significant(hessian.lambda_min, 6) + " to " + significant(hessian.lambda_max, 6) +
                       "; scaled by blocks, smallest Ritz value " + significant(evidence.ritz, 6) +
                       ", residual " + scientific(evidence.residual, 2) + ", error bound " +
                       scientific(evidence.tau, 2);
    if (evidence.miss_probability < 1.0)
        text += "; an eigenvalue at or below zero was missed with probability at most " +
                scientific(evidence.miss_probability, 1);
    return text;
}

std::string verdict_text(const PointReport& point) {
    std::string verdict = verdict_phrase(point.verdict, point.strict, point.global);
    for (char& c : verdict) c = char(std::toupper(static_cast<unsigned char>(c)));
    std::string text = wrapped("  Verdict   ", verdict + " (" + tepui_rule_name(point.rule) +
                                                   "): " + tepui_rule_sentence(point.rule));
    text +=
        wrapped("  Gradient  ", "norm " + scientific(point.gradient_norm, 3) + "; largest component " +
                                    scientific(point.gradient_relative, 3) +
                                    " of the sum of its absolute terms (at most " +
                                    significant(point.stationarity_tolerance, 3) + " counts as stationary)");
    if (point.whole) text += whole_text(point);
    if (!point.stationary() || !point.hessian) return text;
    const SpectrumReport& hessian = *point.hessian;
    const bool any = hessian.inertia[0] + hessian.inertia[2] > 0;
    if (point.evidence) text += wrapped("  Hessian   ", evidence_text(*point.evidence, hessian));
    if (hessian.inertia[0] >= 0)
        text +=
            wrapped("  Hessian   ", "eigenvalues " + significant(hessian.lambda_min, 6) + " to " +
                                        significant(hessian.lambda_max, 6) +
                                        (point.of_reduced() ? " of the reduced network" : "") +
                                        (point.whole && point.whole->rank < point.inputs
                                             ? " in coordinates of the space that the inputs span"
                                             : "") +
                                        "; negative/zero/positive " + inertia_text(hessian) +
                                        (any ? "; smallest non-zero one is " +
                                                   significant(hessian.margin, 3) + " times the error bound"
                                             : ""));
    if (point.witness)
        text += wrapped("  Way down  ", "loss changes by " + scientific(point.witness->measured, 4) +
                                            " measured, " + scientific(point.witness->predicted, 4) +
                                            " predicted (order " + std::to_string(point.witness->order) +
                                            ", step " + significant(point.witness->epsilon, 3) + ")");
    return text;
}

std::string neuron_table(const PointReport& point) {
    TextTable table;
    for (const char* name : {"neuron", "a_i", "lambda_min", "lambda_max", "-/0/+"})
        table.column(name, Align::right);
    table.column("margin", Align::right);
    table.column("inner Hessian", Align::left);
    table.column("plateau", Align::left);
    for (std::size_t i = 0; i < point.neurons.size(); ++i) {
        const NeuronReport& neuron = point.neurons[i];
        const SpectrumReport& inner = neuron.inner_hessian;
        table.row({neuron_label(point, i), significant(neuron.output_weight, 6),
                   scientific(inner.lambda_min, 5), scientific(inner.lambda_max, 5), inertia_text(inner),
                   scientific(inner.margin, 2),
                   definiteness_phrase(neuron.definiteness) +
                       (neuron.method == TEPUI_NEURON_METHOD_MATRIX_FREE ? ", by products" : ""),
                   plateau_phrase(neuron.plateau)});
    }
    return table.text("  ");
}

std::string split_table(const PointReport& point) {
    TextTable table;
    table.column("neuron", Align::right);
    for (const char* name : {"local minima at", "saddles at", "rule"}) table.column(name, Align::left);
    for (const char* name : {"escape from", "predicted", "measured"}) table.column(name, Align::right);
    for (std::size_t i = 0; i < point.neurons.size(); ++i) {
        const NeuronReport& neuron = point.neurons[i];
        const auto& escape = neuron.escape;
        table.row({neuron_label(point, i), region_phrase(neuron.minima), region_phrase(neuron.saddles),
                   tepui_rule_name(neuron.rule), escape ? gamma_text(escape->gamma.data(), 2) : "none",
                   escape ? scientific(escape->witness.predicted, 3) : "",
                   escape ? scientific(escape->witness.measured, 3) : ""});
    }
    return table.text("  ");
}

// The splits that --gamma asked for.
std::string asked_splits(const PointReport& point) {
    std::string text;
    for (std::size_t i = 0; i < point.neurons.size(); ++i) {
        for (const SplitReport& split : point.neurons[i].splits) {
            const std::string who = point.neurons[i].given.size() > 1
                                        ? "Neurons " + neuron_label(point, i) + " as one,"
                                        : "Neuron " + neuron_label(point, i);
            const std::string head =
                who + " split by gamma " + gamma_text(split.gamma.data(), split.gamma.size()) + ": ";
            text += wrapped("  ", head + verdict_phrase(split.verdict, false, point.global) + " (" +
                                      tepui_rule_name(split.rule) + ", margin " +
                                      scientific(split.margin, 2) + ")");
            std::string numbers = split.index.text();
            if (split.witness)
                numbers += "; way down: loss changes by " + scientific(split.witness->measured, 4) +
                           " measured, " + scientific(split.witness->predicted, 4) + " predicted (order " +
                           std::to_string(split.witness->order) + ", step " +
                           significant(split.witness->epsilon, 3) + ")";
            text += wrapped("      ", numbers);
        }
    }
    return text;
}

}  // namespace

std::string point_text(const Report& report, std::size_t index) {
    const PointReport& point = report.points[index];
    if (!point.analysed) return title(report, index) + "  not analysed: interrupted before\n";
    if (point.directional) return title(report, index) + directional_text(point);
    std::string text = title(report, index) + verdict_text(point);
    const std::string proof =
        point.certificate ? certificate_text(*point.certificate, report.preprocessing.standardized) : "";
    if (!point.stationary())
        return text + proof + "  The theorems speak of stationary points: nothing is classified here.\n";
    if (point.neurons.empty()) return text + proof;
    if (point.of_reduced())
        text += "\n" + wrapped("  ",
                               "Neurons of the reduced network, by the given ones that are the same; splits "
                               "are splits of these:");
    text += "\n" + neuron_table(point) + "\n" + split_table(point);
    const std::string splits = asked_splits(point) + joint_split_text(point);
    if (!splits.empty()) text += "\n" + splits;
    return proof.empty() ? text : text + "\n" + proof;
}

}  // namespace tepui::cli
