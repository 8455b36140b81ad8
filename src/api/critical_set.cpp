#include "tepui/critical_set.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "classification/critical_set/critical_set.hpp"

struct tepui_critical_set {
    struct Sample {
        tepui_network network;
        tepui_witness witness;
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
    for (const MappedBranch& branch : set->value.branches) {
        std::vector<tepui_critical_set::Sample>& samples = set->samples.emplace_back();
        for (const BranchSample& sample : branch.samples)
            samples.push_back({tepui_network{set->telling.network(sample.report.network)},
                               given_witness(sample.report.witness, set->telling)});
    }
    return set.release();
}

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

bool has_sample(const tepui_critical_set* set, Size branch, Size sample) {
    return set != nullptr && branch >= 0 && branch < static_cast<Size>(set->samples.size()) && sample >= 0 &&
           sample < static_cast<Size>(set->samples[at(branch)].size());
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_map_critical_set(tepui_context* context, const tepui_dataset* dataset,
                                    const tepui_network* network, int64_t m, int64_t samples,
                                    tepui_critical_set** set) {
    return guarded_together(context, "tepui_map_critical_set", [&](Together& together) {
        require_pair(dataset, network);
        require_one_activation(*network);
        if (!dataset->value.decay().none())
            throw Error(
                Status::unsupported,
                "dataset has weight decay: daughters (w, gamma a) of a neuron are not stationary (it "
                "pulls at each of their weights in full), so there is no critical set of wider networks");
        require_size(m, 1, "m");
        require_size(samples, 0, "samples");
        require_pointer(set, "set");
        together.about(*dataset, &network->value);
        CriticalSetOptions options;
        options.samples = samples;
        options.ways_down = context->options.analysis().ways_down;
        options.seed = static_cast<std::uint64_t>(context->options.seed);
        // Of several outputs there are no units but the given ones.
        const bool one = network->value.output_count == 1;
        const Dataset& data = one ? dataset->unit() : dataset->value;
        const Network point = one ? at_unit_scale(*network, *dataset) : network->value;
        together.give(made(map_critical_set(data, point, m, context->options.tolerances(),
                                            context->options.reduction(), options, execution(*context)),
                           one ? dataset->scale() : UnitScale{}),
                      set);
    });
}

void tepui_critical_set_destroy(tepui_critical_set* set) {
    delete set;
}

const tepui_network* tepui_critical_set_minimal(const tepui_critical_set* set) {
    return set == nullptr ? nullptr : &set->minimal;
}

const tepui_network* tepui_critical_set_network(const tepui_critical_set* set, int64_t branch,
                                                int64_t sample) {
    return has_sample(set, branch, sample) ? &set->samples[at(branch)][at(sample)].network : nullptr;
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
