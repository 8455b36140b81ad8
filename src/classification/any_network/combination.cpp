#include "classification/any_network/combination.hpp"

namespace tepui {
namespace {

bool trivial(const NeuronGroup& group) {
    return group.kind == GroupKind::parent && group.members.size() == 1;
}

}  // namespace

GroupVerdict combine(const PointReport& point, const Grouping& grouping,
                     const std::vector<GroupReport>& groups, bool negative_curvature) {
    bool reduced = false;
    for (const NeuronGroup& group : grouping.groups) reduced = reduced || !trivial(group);
    if (point.least) return {Verdict::local_minimum, point.rule};
    if (point.verdict == Verdict::saddle) return {Verdict::saddle, reduced ? Rule::theorem_4 : point.rule};
    std::optional<Rule> to_measure;
    for (const GroupReport& group : groups) {
        if (group.verdict != Verdict::saddle) continue;
        if (!must_be_measured(group.rule)) return {Verdict::saddle, group.rule};
        if (!to_measure) to_measure = group.rule;
    }
    if (negative_curvature) return {Verdict::saddle, Rule::hessian_negative_eigenvalue};
    if (to_measure) return {Verdict::saddle, *to_measure};
    if (point.verdict == Verdict::indicated_minimum && reduced)
        return {Verdict::undetermined, Rule::narrow_point_undetermined};
    if (point.verdict != Verdict::local_minimum)
        return {point.verdict, reduced ? Rule::narrow_point_undetermined : point.rule};
    std::optional<Rule> common;
    bool several = false;
    int by_fourth_order = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (groups[g].verdict != Verdict::local_minimum) return {Verdict::undetermined, groups[g].rule};
        if (trivial(grouping.groups[g])) continue;
        by_fourth_order += groups[g].rule == Rule::fourth_order ? 1 : 0;
        several = several || (common && *common != groups[g].rule);
        common = groups[g].rule;
    }
    if (!common) return {Verdict::local_minimum, point.rule};
    if (by_fourth_order > 1) return {Verdict::undetermined, Rule::several_fourth_order};
    return {Verdict::local_minimum, several ? Rule::every_group_minimum : *common};
}

}  // namespace tepui
