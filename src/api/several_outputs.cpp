// Verdicts on networks with several outputs.
#include <algorithm>
#include <limits>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/kink_sets.hpp"
#include "classification/directional/several_outputs.hpp"

struct tepui_several_outputs {
    tepui::OutputsReport value;
    tepui::Size inputs, outputs;
    tepui_witness witness = {};
    tepui::api::CachedReport report = {};
};

namespace tepui::api {
namespace {

const OutputsNeuron& neuron_of(const tepui_several_outputs* verdict, Size neuron) {
    require_pointer(verdict, "verdict");
    const std::vector<OutputsNeuron>& neurons = verdict->value.neurons;
    require_index(neuron, static_cast<Size>(neurons.size()), "neuron", "m");
    return neurons[static_cast<std::size_t>(neuron)];
}

// count values, zeros where there are none; nothing where nobody asks.
void write(const std::vector<double>& values, Size count, double* to) {
    if (to == nullptr) return;
    std::fill_n(to, count, 0.0);
    std::copy(values.begin(), values.end(), to);
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

// Names and sentences are literals: their views end with a zero.
tepui_status tepui_classify_several_outputs(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, int64_t p, const double* targets,
                                            const double* a, const int64_t* kink_offsets,
                                            const int64_t* kink_samples, tepui_several_outputs** verdict) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(network, "network");
        require_pointer(targets, "targets");
        require_pointer(verdict, "verdict");
        require_same_inputs(*dataset, *network);
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
                                     context->options.tolerances(), options, execution(*context)),
            network->value.inputs, p});
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

int64_t tepui_several_outputs_deciding_neuron(const tepui_several_outputs* verdict) {
    return verdict == nullptr ? -1 : verdict->value.deciding_neuron;
}

double tepui_several_outputs_loss(const tepui_several_outputs* verdict) {
    return verdict == nullptr ? std::numeric_limits<double>::quiet_NaN() : verdict->value.loss;
}

const tepui_witness* tepui_several_outputs_witness(const tepui_several_outputs* verdict) {
    return verdict != nullptr && verdict->witness.value != nullptr ? &verdict->witness : nullptr;
}

tepui_status tepui_several_outputs_psi(tepui_context* context, const tepui_several_outputs* verdict,
                                       int64_t neuron, double* psi, double* psi_tolerance) {
    return guarded(context, [&] {
        const OutputsNeuron& report = neuron_of(verdict, neuron);
        write(report.psi, verdict->outputs, psi);
        write(report.psi_tolerance, verdict->outputs, psi_tolerance);
    });
}

tepui_status tepui_several_outputs_neuron(tepui_context* context, const tepui_several_outputs* verdict,
                                          int64_t neuron, tepui_answer* answer, tepui_sign_method* method,
                                          tepui_sign_reason* reason, tepui_answer* escape,
                                          double* curvature) {
    return guarded(context, [&] {
        const OutputsNeuron& report = neuron_of(verdict, neuron);
        if (answer != nullptr) *answer = static_cast<tepui_answer>(report.sign.answer);
        if (method != nullptr) *method = static_cast<tepui_sign_method>(report.sign.method);
        if (reason != nullptr) *reason = static_cast<tepui_sign_reason>(report.sign.reason);
        if (escape != nullptr) *escape = static_cast<tepui_answer>(report.escape);
        if (curvature != nullptr) *curvature = report.curvature;
    });
}

tepui_status tepui_several_outputs_direction(tepui_context* context, const tepui_several_outputs* verdict,
                                             int64_t neuron, double* v, double* derivatives, double* b) {
    return guarded(context, [&] {
        const OutputsNeuron& report = neuron_of(verdict, neuron);
        write(report.direction, verdict->inputs, v);
        write(report.derivatives, verdict->outputs, derivatives);
        write(report.outputs, verdict->outputs, b);
    });
}

tepui_status tepui_several_outputs_report(tepui_context* context, const tepui_several_outputs* verdict,
                                          const tepui_report** report) {
    return report_of(context, verdict, "verdict", report,
                     [](const tepui_several_outputs& one) { return several_outputs_report(one.value); });
}

}  // extern "C"
