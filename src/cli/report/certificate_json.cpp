// The certificate for machines: everything needed to check it again.
#include "cli/report/certificate_json.hpp"

#include <cmath>

namespace tepui::cli {
namespace {

Json interval_json(const std::array<double, 2>& bounds) {
    const auto bound = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
    return {{"lower", bound(bounds[0])}, {"upper", bound(bounds[1])}};
}

Json spectrum_json(const SpectrumProofReport& spectrum) {
    return {{"negative_at_least", spectrum.counts[0]},
            {"positive_at_least", spectrum.counts[1]},
            {"smallest", interval_json(spectrum.smallest)},
            {"largest", interval_json(spectrum.largest)},
            {"weakest_equilibrated", spectrum.weakest}};
}

}  // namespace

Json certificate_json(const CertificateReport& certificate) {
    Json json = {
        {"complete", certificate.complete},
        {"about", certificate.narrow ? "narrow_network" : "network"},
        {"failed_step", certificate.failed_step == TEPUI_CERTIFICATE_NONE
                            ? Json(nullptr)
                            : Json(tepui_certificate_step_name(certificate.failed_step))},
        {"failed_neuron", certificate.failed_neuron < 0 ? Json(nullptr) : Json(certificate.failed_neuron)},
        {"reason", certificate.reason},
        {"stationary", certificate.stationary},
        {"verdict", tepui_verdict_name(certificate.verdict)},
        {"statement", certificate.statement}};
    if (certificate.stationary) {
        json["morse_index"] = certificate.morse_index < 0 ? Json(nullptr) : Json(certificate.morse_index);
        json["distance_at_most"] = certificate.distance;
        json["precision_bits"] = certificate.precision;
        json["newton"] = {{"step_at_most", certificate.newton_step},
                          {"radius", certificate.newton_radius},
                          {"contraction_at_most", certificate.contraction}};
        json["loss"] = interval_json(certificate.loss);
        json["hessian"] = spectrum_json(certificate.hessian);
        json["parameters"] = {
            {"balls", certificate.parameters}, {"lower", certificate.lower}, {"upper", certificate.upper}};
    }
    json["neurons"] = Json::array();
    for (std::size_t i = 0; i < certificate.neurons.size(); ++i) {
        const NeuronProofReport& neuron = certificate.neurons[i];
        json["neurons"].push_back({{"neuron", i},
                                   {"complete", neuron.complete},
                                   {"inner_hessian", spectrum_json(neuron.inner)},
                                   {"local_minima", tepui_gamma_region_name(neuron.minima)},
                                   {"saddles", tepui_gamma_region_name(neuron.saddles)},
                                   {"statement", neuron.statement}});
    }
    json["splits"] = Json::array();
    for (const SplitProofReport& split : certificate.splits)
        json["splits"].push_back({{"what", split.what},
                                  {"neurons", split.neurons},
                                  {"gammas", split.gammas},
                                  {"verdict", tepui_verdict_name(split.verdict)}});
    return json;
}

}  // namespace tepui::cli
