#include "tepui/certificate.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/split_lists.hpp"

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_certify(tepui_context* context, const tepui_analysis* analysis,
                           tepui_certificate** certificate) {
    return guarded(context, [&] {
        require_pointer(analysis, "analysis");
        require_pointer(certificate, "certificate");
        if (analysis->projected) {
            throw Error(
                Status::unsupported,
                "the inputs have deficient rank and the analysis is in rounded coordinates of the space "
                "that they span: a certificate is about the data as given, of full rank");
        }
        if (!analysis->telling.scale.identity()) {
            throw Error(
                Status::unsupported,
                "inputs or targets are so large or so small that the analysis is at another scale: a "
                "certificate is about the data as given, columns between 2^-32 and 2^32 are expected");
        }
        auto result = std::make_unique<tepui_certificate>(
            tepui_certificate{certify(*analysis->data, claim_of(analysis->value), execution(*context)),
                              analysis->telling.whole && analysis->telling.whole->reduced()});
        *certificate = result.release();
    });
}

tepui_status tepui_certify_model(tepui_context* context, const tepui_dataset* dataset,
                                 const tepui_model_verdict* verdict, tepui_certificate** certificate) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(verdict, "verdict");
        require_pointer(certificate, "certificate");
        const ModelReport& model = verdict->value;
        require_data_of(model, dataset->value);
        auto result = std::make_unique<tepui_certificate>(
            tepui_certificate{certify(dataset->value, claim_of(model), execution(*context)),
                              model.narrow.width != model.network.width});
        *certificate = result.release();
    });
}

void tepui_certificate_destroy(tepui_certificate* certificate) {
    delete certificate;
}

int32_t tepui_certificate_is_complete(const tepui_certificate* certificate) {
    return certificate != nullptr && certificate->value.complete ? 1 : 0;
}

tepui_verdict tepui_certificate_verdict(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : static_cast<tepui_verdict>(certificate->value.verdict);
}

tepui_status tepui_certificate_splits(tepui_context* context, const tepui_certificate* certificate,
                                      int64_t count, const int64_t* neurons, const int64_t* offsets,
                                      const double* gammas, tepui_verdict* verdict) {
    return guarded(context, [&] {
        require_pointer(certificate, "certificate");
        require_pointer(verdict, "verdict");
        const auto width = static_cast<Size>(certificate->value.neurons.size());
        std::vector<SplitSigns> splits;
        for (const NeuronSplit& split :
             neuron_splits(width, Repeats::refused, count, neurons, offsets, gammas)) {
            for (const SplitSigns& other : splits) {
                if (other.neuron != split.neuron) continue;
                throw Error(Status::invalid_value,
                            "neuron " + std::to_string(split.neuron) + " is split twice, once is expected");
            }
            splits.push_back({split.neuron, check_gamma(split.gamma)});
        }
        *verdict = static_cast<tepui_verdict>(proven_verdict(certificate->value, splits));
    });
}

tepui_status tepui_certificate_report(tepui_context* context, const tepui_certificate* certificate,
                                      const tepui_report** report) {
    return report_of(context, certificate, "certificate", report,
                     [](const tepui_certificate& one) { return certificate_report(one.value, one.narrow); });
}

}  // extern "C"
