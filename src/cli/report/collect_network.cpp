#include "cli/report/collect_network.hpp"

#include <algorithm>

#include "cli/report/collect.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

WholeReport describe_whole(tepui_context* context, const tepui_network_verdict* verdict) {
    WholeReport report;
    report.rank = tepui_network_verdict_rank(verdict);
    require(context, tepui_network_verdict_singular_values(context, verdict, &report.rank_tolerance,
                                                           &report.smallest_kept, &report.largest_dropped));
    report.narrow_width = tepui_network_width(tepui_network_verdict_narrow(verdict));
    require(context, tepui_network_verdict_index_bounds(
                         context, verdict, &report.index.morse_index.least, &report.index.morse_index.most,
                         &report.index.nullity.least, &report.index.nullity.most));
    report.data_nullity = tepui_network_verdict_data_nullity(verdict);
    report.fitted_samples.resize(std::size_t(tepui_network_verdict_fitted_samples(verdict, nullptr)));
    tepui_network_verdict_fitted_samples(verdict, report.fitted_samples.data());
    for (std::int64_t index = 0; index < tepui_network_verdict_groups(verdict); ++index) {
        GroupReport group;
        std::int64_t members = 0;
        require(context, tepui_network_verdict_group(context, verdict, index, &group.kind, &members,
                                                     &group.verdict, &group.rule, group.inertia.data()));
        group.neurons.resize(std::size_t(members));
        group.signs.resize(std::size_t(members));
        group.coefficients.resize(std::size_t(members));
        require(context, tepui_network_verdict_members(context, verdict, index, group.neurons.data(),
                                                       group.signs.data(), group.coefficients.data()));
        report.groups.push_back(std::move(group));
    }
    return report;
}

std::int64_t distinct_neuron(const WholeReport& whole, const std::string& option, std::int64_t neuron) {
    for (std::size_t g = 0; g < whole.groups.size(); ++g) {
        const GroupReport& group = whole.groups[g];
        if (std::find(group.neurons.begin(), group.neurons.end(), neuron) == group.neurons.end()) continue;
        if (group.kind == TEPUI_GROUP_PARENT) return std::int64_t(g);
        throw UserError(option + " " + std::to_string(neuron) +
                        (group.kind == TEPUI_GROUP_NULL
                             ? ": its output weight is 0"
                             : ": its output weight cancels with those of neurons of equal weights") +
                        ", so that no other neuron splits into it (tepui classify judges it)");
    }
    throw UserError(option + " " + std::to_string(neuron) + ": the network has no such neuron");
}

SplitRequest of_distinct_neurons(const WholeReport& whole, const SplitRequest& asked) {
    SplitRequest splits = asked;
    if (asked.neuron >= 0) splits.neuron = distinct_neuron(whole, "--neuron", asked.neuron);
    for (std::size_t j = 0; j < asked.at_once.size(); ++j) {
        splits.at_once[j].neuron = distinct_neuron(whole, "--split", asked.at_once[j].neuron);
        for (std::size_t l = 0; l < j; ++l) {
            if (splits.at_once[l].neuron != splits.at_once[j].neuron) continue;
            throw UserError("--split " + std::to_string(asked.at_once[l].neuron) + " and " +
                            std::to_string(asked.at_once[j].neuron) +
                            ": the same neuron of the reduced network, split once");
        }
    }
    return splits;
}

JointSplitReport judge_splits(tepui_context* context, const tepui_analysis* analysis,
                              const std::vector<AskedSplit>& splits, const WayFrame& frame) {
    std::vector<std::int64_t> neurons, offsets{0};
    std::vector<double> gammas;
    for (const AskedSplit& split : splits) {
        neurons.push_back(split.neuron);
        gammas.insert(gammas.end(), split.gamma.begin(), split.gamma.end());
        offsets.push_back(std::int64_t(gammas.size()));
    }
    std::vector<tepui_verdict> parts(splits.size());
    tepui_split_verdict* raw = nullptr;
    require(context, tepui_classify_splits(context, analysis, std::int64_t(splits.size()), neurons.data(),
                                           offsets.data(), gammas.data(), &raw, parts.data()));
    const SplitVerdictHandle owner(raw);
    JointSplitReport report;
    report.whole = describe_split(context, raw, {});
    if (report.whole.witness)
        report.whole.witness = describe_way(context, tepui_split_verdict_witness(raw), frame, splits);
    for (std::size_t j = 0; j < splits.size(); ++j)
        report.parts.push_back({splits[j].neuron, splits[j].gamma, parts[j]});
    return report;
}

}  // namespace tepui::cli
