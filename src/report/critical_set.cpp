// A critical set and its branches, and a reduction.
#include <algorithm>
#include <cmath>

#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report search_report(const MappedBranch& branch, BranchGoal goal) {
    for (const BranchOptimum& found : branch.optima)
        if (found.goal == goal)
            return tepui_report::object({{"sample", found.sample},
                                         {"from", found.from},
                                         {"tried", found.tried},
                                         {"improved", found.improved}});
    return nullptr;
}

tepui_report sample_report(const BranchSample& sample, const Telling& telling) {
    const auto told = [&](const std::vector<double>& parameters) {
        Network network = sample.report.network;
        network.parameters = parameters;
        return telling.network(std::move(network)).parameters;
    };
    tepui_report report = tepui_report::object(
        {{"verdict", sample.report.verdict},
         {"rule", sample.report.rule},
         {"counted_nullity", known(sample.counted_nullity)},
         {"gradient_relative", sample.report.gradient_relative},
         {"psi_residual", sample.psi_residual},
         {"fall", telling.loss(sample.fall)},
         {"flattest_curvature", std::isnan(sample.flattest) ? tepui_report() : tepui_report(sample.flattest)},
         {"flattest_direction",
          sample.flattest_direction.empty() ? tepui_report() : tepui_report(told(sample.flattest_direction))},
         {"parameters", told(sample.report.network.parameters)}});
    add_index(report, sample.report.index);
    return report;
}

// Smallest and largest fall of the loss among the samples with a way down; null without any.
void add_falls(tepui_report& report, const MappedBranch& branch, const Telling& telling) {
    double least = 0.0, most = 0.0;
    for (const BranchSample& sample : branch.samples) {
        const double fall = telling.loss(sample.fall);
        if (fall <= 0.0) continue;
        least = least > 0.0 ? std::min(least, fall) : fall;
        most = std::max(most, fall);
    }
    const bool any = most > 0.0;
    report.add({{"least_fall", any ? tepui_report(least) : tepui_report()},
                {"largest_fall", any ? tepui_report(most) : tepui_report()}});
}

tepui_report branch_report(const MappedBranch& branch, std::size_t null_neurons, const Telling& telling) {
    tepui_report report = tepui_report::object({{"null_neurons", null_neurons},
                                                {"dimension", branch.shape.dimension},
                                                {"meeting_dimension", known(branch.shape.meeting_dimension)},
                                                {"surjections", branch.shape.surjections},
                                                {"pieces", branch.shape.pieces},
                                                {"content", branch.content},
                                                {"reached", branch.existence == BranchExistence::found},
                                                {"existence", branch.existence},
                                                {"drawn", branch.drawn},
                                                {"deepest", search_report(branch, BranchGoal::deepest)},
                                                {"flattest", search_report(branch, BranchGoal::flattest)}});
    add_falls(report, branch, telling);
    tepui_report samples = tepui_report::array();
    for (const BranchSample& sample : branch.samples) samples.push_back(sample_report(sample, telling));
    report.add("samples", std::move(samples));
    return report;
}

}  // namespace

tepui_report critical_set_report(const CriticalSet& set, const Network& minimal, const Telling& telling) {
    tepui_report meetings = tepui_report::array(), branches = tepui_report::array();
    for (const Meeting meeting : set.meetings) meetings.push_back(meeting);
    for (const MappedBranch& branch : set.branches)
        branches.push_back(branch_report(branch, branches.count(), telling));
    return tepui_report::object({{"point", tepui_report::object({{"loss", telling.loss(set.minimal.loss)},
                                                                 {"verdict", set.verdict}})},
                                 {"narrow_width", minimal.width},
                                 {"wide_width", set.shape.wide_width},
                                 {"narrow_nullity", set.shape.narrow_nullity},
                                 {"psi_equations", set.shape.equations},
                                 {"sharing_dimension", set.shape.sharing},
                                 {"minimal_parameters", minimal.parameters},
                                 {"meetings", std::move(meetings)},
                                 {"branches", std::move(branches)}});
}

tepui_report reduction_report(const Reduction& reduction) {
    tepui_report narrow =
        tepui_report::object({{"width", reduction.narrow.width}, {"inputs", reduction.narrow.inputs}});
    add_parameters(narrow, reduction.narrow);
    return tepui_report::object({{"wide_width", reduction.embedding.wide_width()},
                                 {"narrow", std::move(narrow)},
                                 {"cancelled_groups", reduction.cancelled_groups},
                                 {"weight_spread", reduction.weight_spread},
                                 {"output_spread", reduction.output_spread}});
}

}  // namespace tepui
