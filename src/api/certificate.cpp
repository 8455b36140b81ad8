#include "tepui/certificate.h"

#include <algorithm>
#include <limits>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/split_lists.hpp"

namespace tepui::api {
namespace {

void require_proven(const tepui_certificate* certificate) {
    require_pointer(certificate, "certificate");
    if (certificate->value.stationary) return;
    throw Error(Status::unsupported,
                "the certificate proves nothing of the point: " + certificate->value.reason);
}

const NeuronProof& neuron_proof(const tepui_certificate* certificate, Size neuron) {
    require_pointer(certificate, "certificate");
    const auto& neurons = certificate->value.neurons;
    require_index(neuron, static_cast<Size>(neurons.size()), "neuron", "the number of neurons proven");
    return neurons[static_cast<std::size_t>(neuron)];
}

void write_interval(const Interval& interval, double* bounds) {
    if (bounds == nullptr) return;
    bounds[0] = interval.lower;
    bounds[1] = interval.upper;
}

void write_spectrum(const SpectrumProof& proof, int64_t* counts, double* smallest, double* largest,
                    double* weakest) {
    if (counts != nullptr) counts[0] = proof.negative;
    if (counts != nullptr) counts[1] = proof.positive;
    write_interval(proof.smallest, smallest);
    write_interval(proof.largest, largest);
    if (weakest != nullptr) *weakest = proof.weakest;
}

}  // namespace
}  // namespace tepui::api

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
            tepui_certificate{certify(*analysis->data, analysis->value, execution(*context)),
                              analysis->telling.whole && analysis->telling.whole->reduced()});
        *certificate = result.release();
    });
}

void tepui_certificate_destroy(tepui_certificate* certificate) {
    delete certificate;
}

int32_t tepui_certificate_is_complete(const tepui_certificate* certificate) {
    return certificate != nullptr && certificate->value.complete ? 1 : 0;
}

tepui_certificate_step tepui_certificate_failed_step(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : static_cast<tepui_certificate_step>(certificate->value.failed);
}

int64_t tepui_certificate_failed_neuron(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : certificate->value.failed_neuron;
}

const char* tepui_certificate_reason(const tepui_certificate* certificate) {
    return certificate == nullptr ? "" : certificate->value.reason.c_str();
}

int32_t tepui_certificate_is_stationary(const tepui_certificate* certificate) {
    return certificate != nullptr && certificate->value.stationary ? 1 : 0;
}

tepui_verdict tepui_certificate_verdict(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : static_cast<tepui_verdict>(certificate->value.verdict);
}

int64_t tepui_certificate_morse_index(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : certificate->value.morse_index;
}

const char* tepui_certificate_statement(const tepui_certificate* certificate) {
    return certificate == nullptr ? "" : certificate->value.statement.c_str();
}

double tepui_certificate_distance(const tepui_certificate* certificate) {
    return certificate != nullptr && certificate->value.stationary ? certificate->value.distance
                                                                   : std::numeric_limits<double>::quiet_NaN();
}

int64_t tepui_certificate_parameter_count(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : static_cast<int64_t>(certificate->value.bounds.size());
}

tepui_status tepui_certificate_box(tepui_context* context, const tepui_certificate* certificate,
                                   double* lower, double* upper) {
    return guarded(context, [&] {
        require_proven(certificate);
        const std::vector<Interval>& bounds = certificate->value.bounds;
        for (std::size_t j = 0; j < bounds.size(); ++j) {
            if (lower != nullptr) lower[j] = bounds[j].lower;
            if (upper != nullptr) upper[j] = bounds[j].upper;
        }
    });
}

const char* tepui_certificate_parameter(const tepui_certificate* certificate, int64_t parameter) {
    if (certificate == nullptr) return nullptr;
    const std::vector<std::string>& parameters = certificate->value.parameters;
    if (parameter < 0 || parameter >= static_cast<int64_t>(parameters.size())) return nullptr;
    return parameters[static_cast<std::size_t>(parameter)].c_str();
}

tepui_status tepui_certificate_loss(tepui_context* context, const tepui_certificate* certificate,
                                    double* lower, double* upper) {
    return guarded(context, [&] {
        require_proven(certificate);
        if (lower != nullptr) *lower = certificate->value.loss.lower;
        if (upper != nullptr) *upper = certificate->value.loss.upper;
    });
}

tepui_status tepui_certificate_newton(tepui_context* context, const tepui_certificate* certificate,
                                      double* step, double* radius, double* contraction, int64_t* precision) {
    return guarded(context, [&] {
        require_pointer(certificate, "certificate");
        const Certificate& value = certificate->value;
        if (step != nullptr) *step = value.residual;
        if (radius != nullptr) *radius = value.radius;
        if (contraction != nullptr) *contraction = value.contraction;
        if (precision != nullptr) *precision = value.precision;
    });
}

tepui_status tepui_certificate_hessian(tepui_context* context, const tepui_certificate* certificate,
                                       int64_t* counts, double* smallest, double* largest, double* weakest) {
    return guarded(context, [&] {
        require_proven(certificate);
        write_spectrum(certificate->value.hessian, counts, smallest, largest, weakest);
    });
}

tepui_status tepui_certificate_inner_hessian(tepui_context* context, const tepui_certificate* certificate,
                                             int64_t neuron, int64_t* counts, double* smallest,
                                             double* largest, double* weakest) {
    return guarded(context, [&] {
        require_proven(certificate);
        write_spectrum(neuron_proof(certificate, neuron).inner, counts, smallest, largest, weakest);
    });
}

int64_t tepui_certificate_neurons(const tepui_certificate* certificate) {
    return certificate == nullptr ? 0 : static_cast<int64_t>(certificate->value.neurons.size());
}

tepui_status tepui_certificate_neuron(tepui_context* context, const tepui_certificate* certificate,
                                      int64_t neuron, int32_t* complete, tepui_gamma_region* minima,
                                      tepui_gamma_region* saddles, const char** statement) {
    return guarded(context, [&] {
        const NeuronProof& proof = neuron_proof(certificate, neuron);
        if (complete != nullptr) *complete = proof.complete ? 1 : 0;
        if (minima != nullptr) *minima = static_cast<tepui_gamma_region>(proof.minima);
        if (saddles != nullptr) *saddles = static_cast<tepui_gamma_region>(proof.saddles);
        if (statement != nullptr) *statement = proof.statement.c_str();
    });
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
