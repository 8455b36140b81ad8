// Several neurons split at once (MATH.md section 4): splits compose, because each leaves the inner Hessians
// of the other neurons as they are.
#include "classification/any_network/closed_form.hpp"
#include "classification/any_network/combination.hpp"
#include "classification/any_network/lifting.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

// The part that decided: its tau and margin are reported.
const SpectralReport& deciding(const Analysis& analysis, const Grouping& grouping,
                               const std::vector<GroupReport>& groups, const GroupVerdict& verdict) {
    if (verdict.rule == Rule::theorem_4 || analysis.point.least) return analysis.point.hessian;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (grouping.groups[g].members.size() > 1 && groups[g].verdict == verdict.verdict)
            return analysis.neurons[g].inner;
    }
    return analysis.point.hessian;
}

void count(const Analysis& analysis, const Grouping& grouping, SplitReport& whole) {
    const Size d = analysis.network.inputs;
    IndexBounds total = narrow_index(analysis);
    for (const NeuronGroup& group : grouping.groups) {
        if (group.members.size() < 2) continue;
        const NeuronReport& neuron = analysis.neurons[group.parent];
        const GammaSigns signs = check_gamma(group.gamma);
        whole.signs.positive += signs.positive;
        whole.signs.negative += signs.negative;
        whole.signs.zero += signs.zero;
        total += split_index(neuron, signs, d);
    }
    whole.index = within(total, grouping.wide_width * (d + 1) + parameters_beside(grouping.narrow),
                         whole.verdict == Verdict::local_minimum);
}

}  // namespace

SplitsReport classify_splits(const Dataset& data, const Analysis& analysis,
                             std::span<const NeuronSplit> splits, const Execution& execution,
                             WaysDown ways_down) {
    if (splits.empty()) {
        throw Error(Status::invalid_size, "no neuron is to be split, at least one is expected");
    }
    const Grouping grouping = group_splits(analysis.network, splits);
    const Network wide = wide_network(grouping);
    const Lift lift(grouping, wide, nullptr);
    SplitsReport report;
    std::vector<GroupReport> groups(grouping.groups.size(),
                                    {analysis.point.verdict, analysis.point.rule, {}, false});
    const PointOnData context(data, analysis.network, analysis.tolerances, execution, analysis.newton_step);
    std::vector<Witness> ways;
    const std::vector<SplitReport> parts = classify_each_split(context, analysis, splits, ways_down);
    for (std::size_t q = 0; q < parts.size(); ++q) {
        groups[splits[q].neuron] = {parts[q].verdict, parts[q].rule, {}, false};
        report.parts.push_back({parts[q].verdict, parts[q].rule});
        if (parts[q].witness) ways.push_back(lift.follow(*parts[q].witness, splits[q].neuron));
    }
    report.whole.witness = best_measured(std::move(ways), data, context.residuals(), execution);
    const GroupVerdict verdict = combine(analysis.point, grouping, groups, false);
    report.whole.verdict = verdict.verdict;
    report.whole.rule = verdict.rule;
    const SpectralReport& decided = deciding(analysis, grouping, groups, verdict);
    report.whole.tau = decided.tau;
    report.whole.margin = decided.margin;
    report.whole.gradient_norm = analysis.point.gradient_norm;
    count(analysis, grouping, report.whole);
    return report;
}

}  // namespace tepui
