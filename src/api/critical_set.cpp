#include "tepui/critical_set.h"

#include <cmath>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/index_bounds.hpp"
#include "classification/critical_set/critical_set.hpp"

struct tepui_critical_set {
    struct Sample {
        tepui_network network;
        tepui_witness witness;
        std::vector<double> flattest_direction;
    };
    tepui::CriticalSet value;  // at unit scale
    tepui::Telling telling;
    tepui_network minimal;
    std::vector<std::vector<Sample>> samples = {};  // of each branch
    tepui::api::CachedReport report = {};
};

namespace tepui::api {
namespace {

tepui_critical_set* made(CriticalSet&& value, const UnitScale& scale) {
    tepui_network shown{narrow_in_given_inputs(value.minimal)};
    scale.to_given(shown.value);
    auto set =
        std::make_unique<tepui_critical_set>(tepui_critical_set{std::move(value), {scale}, std::move(shown)});
    const auto given = [&](const Network& network, const std::vector<double>& parameters) {
        Network result = network;
        result.parameters = parameters;
        scale.to_given(result);
        return result;
    };
    for (const MappedBranch& branch : set->value.branches) {
        std::vector<tepui_critical_set::Sample>& samples = set->samples.emplace_back();
        for (const BranchSample& sample : branch.samples) {
            const Network& network = sample.report.network;
            const std::vector<double>& flattest = sample.flattest_direction;
            samples.push_back({tepui_network{given(network, network.parameters)},
                               given_witness(sample.report.witness, {scale}),
                               flattest.empty() ? flattest : given(network, flattest).parameters});
        }
    }
    return set.release();
}

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

const MappedBranch& branch_of(const tepui_critical_set* set, Size branch) {
    require_pointer(set, "set");
    require_index(branch, static_cast<Size>(set->value.branches.size()), "branch", "M - r + 1");
    return set->value.branches[at(branch)];
}

const BranchSample& sample_of(const tepui_critical_set* set, Size branch, Size sample) {
    const std::vector<BranchSample>& samples = branch_of(set, branch).samples;
    require_index(sample, static_cast<Size>(samples.size()), "sample", "samples");
    return samples[at(sample)];
}

bool has_sample(const tepui_critical_set* set, Size branch, Size sample) {
    return set != nullptr && branch >= 0 && branch < static_cast<Size>(set->samples.size()) && sample >= 0 &&
           sample < static_cast<Size>(set->samples[at(branch)].size());
}

template <class Value>
void give(Value* out, Value value) {
    if (out != nullptr) *out = value;
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_map_critical_set(tepui_context* context, const tepui_dataset* dataset,
                                    const tepui_network* network, int64_t m, int64_t samples,
                                    tepui_critical_set** set) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(network, "network");
        require_same_inputs(*dataset, *network);
        require_size(m, 1, "m");
        require_size(samples, 0, "samples");
        require_pointer(set, "set");
        CriticalSetOptions options;
        options.samples = samples;
        options.ways_down = context->options.analysis().ways_down;
        options.seed = static_cast<std::uint64_t>(context->options.seed);
        *set = made(map_critical_set(dataset->unit(), at_unit_scale(*network, *dataset), m,
                                     context->options.tolerances(), context->options.reduction(), options,
                                     execution(*context)),
                    dataset->scale());
    });
}

void tepui_critical_set_destroy(tepui_critical_set* set) {
    delete set;
}

const tepui_network* tepui_critical_set_minimal(const tepui_critical_set* set) {
    return set == nullptr ? nullptr : &set->minimal;
}

int64_t tepui_critical_set_width(const tepui_critical_set* set) {
    return set == nullptr ? 0 : set->value.shape.wide_width;
}

int64_t tepui_critical_set_nullity(const tepui_critical_set* set) {
    return set == nullptr ? 0 : set->value.shape.narrow_nullity;
}

double tepui_critical_set_loss(const tepui_critical_set* set) {
    return set == nullptr ? NAN : set->telling.scale.given_loss(set->value.minimal.loss);
}

tepui_verdict tepui_critical_set_verdict(const tepui_critical_set* set) {
    return set == nullptr ? 0 : static_cast<tepui_verdict>(set->value.minimal.narrow->point.verdict);
}

tepui_status tepui_critical_set_meeting(tepui_context* context, const tepui_critical_set* set, int64_t neuron,
                                        tepui_meeting* meeting) {
    return guarded(context, [&] {
        require_pointer(set, "set");
        require_index(neuron, static_cast<Size>(set->value.meetings.size()), "neuron", "r");
        require_pointer(meeting, "meeting");
        *meeting = static_cast<tepui_meeting>(set->value.meetings[at(neuron)]);
    });
}

int64_t tepui_critical_set_branches(const tepui_critical_set* set) {
    return set == nullptr ? 0 : static_cast<int64_t>(set->value.branches.size());
}

tepui_status tepui_critical_set_branch(tepui_context* context, const tepui_critical_set* set, int64_t branch,
                                       int64_t* dimension, int64_t* meeting_dimension,
                                       tepui_branch_content* content, int32_t* reached,
                                       const char** surjections, const char** pieces) {
    return guarded(context, [&] {
        const MappedBranch& mapped = branch_of(set, branch);
        give(dimension, mapped.shape.dimension);
        give(meeting_dimension, mapped.shape.meeting_dimension);
        give(content, static_cast<tepui_branch_content>(mapped.content));
        give(reached, mapped.existence == BranchExistence::found ? 1 : 0);
        give(surjections, mapped.shape.surjections.c_str());
        give(pieces, mapped.shape.pieces.c_str());
    });
}

tepui_status tepui_critical_set_existence(tepui_context* context, const tepui_critical_set* set,
                                          int64_t branch, tepui_existence* existence) {
    return guarded(context, [&] {
        const MappedBranch& mapped = branch_of(set, branch);
        require_pointer(existence, "existence");
        *existence = static_cast<tepui_existence>(mapped.existence);
    });
}

tepui_status tepui_critical_set_optimum(tepui_context* context, const tepui_critical_set* set, int64_t branch,
                                        tepui_branch_goal goal, int64_t* sample, int64_t* from,
                                        int64_t* tried, int64_t* improved) {
    return guarded(context, [&] {
        const MappedBranch& mapped = branch_of(set, branch);
        if (!is_public(BranchGoal{goal})) {
            throw Error(Status::invalid_value, "goal is " + std::to_string(goal) +
                                                   ", TEPUI_GOAL_DEEPEST or TEPUI_GOAL_FLATTEST is expected");
        }
        BranchOptimum found;
        found.sample = found.from = -1;
        for (const BranchOptimum& optimum : mapped.optima)
            if (static_cast<tepui_branch_goal>(optimum.goal) == goal) found = optimum;
        give(sample, found.sample);
        give(from, found.from);
        give(tried, found.tried);
        give(improved, found.improved);
    });
}

int64_t tepui_critical_set_samples(const tepui_critical_set* set, int64_t branch) {
    if (set == nullptr || branch < 0 || branch >= static_cast<Size>(set->samples.size())) return 0;
    return static_cast<int64_t>(set->value.branches[at(branch)].drawn);
}

tepui_status tepui_critical_set_sample(tepui_context* context, const tepui_critical_set* set, int64_t branch,
                                       int64_t sample, tepui_verdict* verdict, tepui_rule* rule,
                                       int64_t* morse_index, int64_t* nullity, int64_t* counted_nullity) {
    return guarded(context, [&] {
        const BranchSample& chosen = sample_of(set, branch, sample);
        const NetworkReport& report = chosen.report;
        give(verdict, static_cast<tepui_verdict>(report.verdict));
        give(rule, static_cast<tepui_rule>(report.rule));
        give(morse_index, known_count(report.index.morse_index));
        give(nullity, known_count(report.index.nullity));
        give(counted_nullity, chosen.counted_nullity);
    });
}

tepui_status tepui_critical_set_index_bounds(tepui_context* context, const tepui_critical_set* set,
                                             int64_t branch, int64_t sample, int64_t* index_least,
                                             int64_t* index_most, int64_t* nullity_least,
                                             int64_t* nullity_most) {
    return guarded(context, [&] {
        give_bounds(sample_of(set, branch, sample).report.index, index_least, index_most, nullity_least,
                    nullity_most);
    });
}

tepui_status tepui_critical_set_measures(tepui_context* context, const tepui_critical_set* set,
                                         int64_t branch, int64_t sample, double* gradient_relative,
                                         double* psi_residual, double* fall, double* flattest) {
    return guarded(context, [&] {
        const BranchSample& chosen = sample_of(set, branch, sample);
        give(gradient_relative, chosen.report.gradient_relative);
        give(psi_residual, chosen.psi_residual);
        give(fall, set->telling.scale.given_loss(chosen.fall));
        give(flattest, chosen.flattest);
    });
}

const tepui_network* tepui_critical_set_network(const tepui_critical_set* set, int64_t branch,
                                                int64_t sample) {
    return has_sample(set, branch, sample) ? &set->samples[at(branch)][at(sample)].network : nullptr;
}

const double* tepui_critical_set_flattest_direction(const tepui_critical_set* set, int64_t branch,
                                                    int64_t sample) {
    if (!has_sample(set, branch, sample)) return nullptr;
    const std::vector<double>& direction = set->samples[at(branch)][at(sample)].flattest_direction;
    return direction.empty() ? nullptr : direction.data();
}

const tepui_witness* tepui_critical_set_witness(const tepui_critical_set* set, int64_t branch,
                                                int64_t sample) {
    if (!has_sample(set, branch, sample)) return nullptr;
    const tepui_witness& witness = set->samples[at(branch)][at(sample)].witness;
    return witness.value == nullptr ? nullptr : &witness;
}

tepui_status tepui_critical_set_report(tepui_context* context, const tepui_critical_set* set,
                                       const tepui_report** report) {
    return report_of(context, set, "set", report, [](const tepui_critical_set& one) {
        return critical_set_report(one.value, one.minimal.value, one.telling);
    });
}

}  // extern "C"
