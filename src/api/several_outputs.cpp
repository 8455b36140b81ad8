// Verdicts on networks with several outputs.

#include "classification/directional/several_outputs.hpp"
#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/kink_sets.hpp"

struct tepui_several_outputs {
    tepui::OutputsReport value;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_classify_several_outputs(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, int64_t p, const double* targets,
                                            const double* a, const int64_t* kink_offsets,
                                            const int64_t* kink_samples, tepui_several_outputs** verdict) {
    return guarded(context, [&] {
        require_pointer(targets, "targets");
        require_pointer(verdict, "verdict");
        require_plain_pair(dataset, network);
        const Size width = network->value.width;
        require_size(p, 1, "p");
        const Size n = dataset->value.samples();
        require_addressable(p, n, "p", "targets");
        require_addressable(p, width, "p", "a");
        require_finite(targets, n * p, "targets");
        if (width > 0) {
            require_pointer(a, "a");
            require_finite(a, width * p, "a");
        }
        DirectionalOptions options = context->options.directional();
        KinkSets exact;
        if (kink_offsets != nullptr) {
            exact = kink_sets(kink_offsets, kink_samples, width, n);
            options.kinks.exact = &exact;
        }
        auto result = std::make_unique<tepui_several_outputs>(tepui_several_outputs{
            classify_several_outputs(dataset->value, network->value, p, targets, a,
                                     context->options.tolerances(), options, execution(*context))});
        result->witness = given_witness(result->value.witness, {});
        *verdict = result.release();
    });
}

tepui_status tepui_classify_directional_model(tepui_context* context, const tepui_dataset* dataset,
                                              const tepui_network* network, const int64_t* kink_offsets,
                                              const int64_t* kink_samples, tepui_several_outputs** verdict) {
    return guarded(context, [&] {
        require_pointer(verdict, "verdict");
        require_pair(dataset, network);
        DirectionalOptions options = context->options.directional();
        KinkSets exact;
        if (kink_offsets != nullptr) {
            exact = kink_sets(kink_offsets, kink_samples, network->value.width, dataset->value.samples());
            options.kinks.exact = &exact;
        }
        auto result = std::make_unique<tepui_several_outputs>(tepui_several_outputs{classify_kinked_model(
            dataset->value, network->value, context->options.tolerances(), options, execution(*context))});
        result->witness = given_witness(result->value.witness, {});
        *verdict = result.release();
    });
}

void tepui_several_outputs_destroy(tepui_several_outputs* verdict) {
    delete verdict;
}

tepui_verdict tepui_several_outputs_verdict(const tepui_several_outputs* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value.verdict);
}

tepui_several_outputs_rule tepui_several_outputs_rule_of(const tepui_several_outputs* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_several_outputs_rule>(verdict->value.rule);
}

const tepui_witness* tepui_several_outputs_witness(const tepui_several_outputs* verdict) {
    return verdict != nullptr && verdict->witness.value != nullptr ? &verdict->witness : nullptr;
}

tepui_status tepui_several_outputs_report(tepui_context* context, const tepui_several_outputs* verdict,
                                          const tepui_report** report) {
    return report_of(context, verdict, "verdict", report,
                     [](const tepui_several_outputs& one) { return several_outputs_report(one.value); });
}

}  // extern "C"
