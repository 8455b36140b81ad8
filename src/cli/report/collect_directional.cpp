#include "cli/report/collect_directional.hpp"

#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

DirectionalSplitReport judge_split(tepui_context* context, const tepui_directional* verdict,
                                   std::int64_t neuron, double output_weight,
                                   const std::vector<double>& gamma, std::int64_t inputs) {
    std::vector<double> outputs;
    outputs.reserve(gamma.size());
    for (const double share : gamma) outputs.push_back(share * output_weight);
    tepui_directional_embedding* raw = nullptr;
    require(context, tepui_classify_replication(context, verdict, neuron, std::int64_t(gamma.size()), nullptr,
                                                outputs.data(), &raw));
    const EmbeddingHandle embedding(raw);
    DirectionalSplitReport report{gamma,
                                  tepui_directional_embedding_verdict(raw),
                                  tepui_directional_embedding_rule(raw),
                                  tepui_directional_embedding_deciding_neuron(raw),
                                  {}};
    if (const tepui_witness* witness = tepui_directional_embedding_witness(raw))
        report.witness = describe_way(context, witness, {inputs});
    return report;
}

DirectionalNeuronReport describe_neuron(tepui_context* context, const tepui_directional* verdict,
                                        std::int64_t neuron, std::int64_t inputs) {
    DirectionalNeuronReport report;
    std::int32_t zero = 0, escape = 0;
    require(context, tepui_directional_neuron(context, verdict, neuron, &report.psi, &report.psi_tolerance,
                                              &report.kinks, &report.merged_kinks, &zero, &escape));
    report.identically_zero = zero != 0;
    report.escape = escape != 0;
    require(context,
            tepui_directional_sign(context, verdict, neuron, &report.answer, &report.method, &report.reason,
                                   &report.defect, &report.defect_tolerance, &report.margin));
    require(context, tepui_directional_plateau(context, verdict, neuron, &report.plateau, &report.stationary,
                                               &report.minima, &report.saddles));
    if (!report.escape && report.answer != TEPUI_ANSWER_NO) return report;
    report.direction.resize(std::size_t(inputs));
    require(context, tepui_directional_direction(context, verdict, neuron, report.direction.data(),
                                                 &report.derivative));
    return report;
}

}  // namespace

std::optional<PointReport> judge_directional(tepui_context* context, const tepui_dataset* dataset,
                                             const tepui_network* network, const PointRequest& asked,
                                             Timings& timings) {
    tepui_directional* raw = nullptr;
    const tepui_status status = tepui_classify_directional(context, dataset, network, nullptr, nullptr, &raw);
    if (status == TEPUI_ERROR_UNSUPPORTED) return std::nullopt;
    require(context, status);
    const DirectionalHandle verdict(raw);
    const SplitRequest& splits = asked.splits;
    if (!splits.at_once.empty())
        throw UserError(
            "--split: several splits at once are for smooth activations; with ReLU-like ones "
            "--gamma splits one neuron at a time (--neuron says which)");
    PointReport report = describe_network(network);
    report.analysed = true;
    report.loss = tepui_directional_loss(raw);
    report.verdict = tepui_directional_verdict(raw);
    report.global = tepui_directional_is_global(raw) != 0;
    if (const tepui_witness* witness = tepui_directional_witness(raw))
        report.witness =
            asked.ways ? describe_way(context, witness, {report.inputs}) : describe_witness(witness);
    DirectionalReport& directional = report.directional.emplace();
    directional.rule = tepui_directional_rule_of(raw);
    directional.deciding_neuron = tepui_directional_deciding_neuron(raw);
    directional.stationarity_tolerance = tepui_directional_stationarity_tolerance(raw);
    directional.kink_tolerance = tepui_directional_kink_tolerance(raw);
    for (std::int64_t i = 0; i < report.width; ++i) {
        DirectionalNeuronReport neuron = describe_neuron(context, raw, i, report.inputs);
        neuron.output_weight = report.parameters[std::size_t(report.width * report.inputs + i)];
        const bool split = splits.neuron < 0 || splits.neuron == i;
        for (std::size_t j = 0; split && report.stationary() && j < splits.gammas.size(); ++j)
            neuron.splits.push_back(
                judge_split(context, raw, i, neuron.output_weight, splits.gammas[j], report.inputs));
        directional.neurons.push_back(std::move(neuron));
    }
    timings.add("directional derivatives");
    return report;
}

}  // namespace tepui::cli
