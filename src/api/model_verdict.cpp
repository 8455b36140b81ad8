#include "tepui/model_verdict.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "classification/model/model.hpp"

struct tepui_model_verdict {
    tepui::ModelReport value;
    tepui_layer layer;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_classify_model(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, tepui_model_verdict** verdict) {
    return guarded_together(context, "tepui_classify_model", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(verdict, "verdict");
        together.about(*dataset, &network->value);
        ModelReport report = classify_model(dataset->value, network->value, context->options.tolerances(),
                                            false, execution(*context));
        const std::shared_ptr<const LayerReport> layer = report.layer;
        auto result =
            std::make_unique<tepui_model_verdict>(tepui_model_verdict{std::move(report), tepui_layer{layer}});
        result->witness = given_witness(result->value.witness, {});
        together.finish();
        *verdict = result.release();
    });
}

void tepui_model_verdict_destroy(tepui_model_verdict* verdict) {
    delete verdict;
}

tepui_verdict tepui_model_verdict_verdict(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_verdict>(verdict->value.verdict);
}

tepui_rule tepui_model_verdict_rule(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? 0 : static_cast<tepui_rule>(verdict->value.rule);
}

tepui_status tepui_model_verdict_report(tepui_context* context, const tepui_model_verdict* verdict,
                                        const tepui_report** report) {
    return report_of(context, verdict, "verdict", report,
                     [](const tepui_model_verdict& one) { return model_report(one.value); });
}

const tepui_witness* tepui_model_verdict_witness(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? nullptr : shown(verdict->witness);
}

const tepui_layer* tepui_model_verdict_layer(const tepui_model_verdict* verdict) {
    return verdict == nullptr ? nullptr : &verdict->layer;
}

}  // extern "C"
