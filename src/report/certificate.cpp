// A certificate: everything needed to check it again.
#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report interval_report(const Interval& interval) {
    return tepui_report::object({{"lower", interval.lower}, {"upper", interval.upper}});
}

tepui_report spectrum_report(const SpectrumProof& spectrum) {
    return tepui_report::object({{"negative_at_least", spectrum.negative},
                                 {"positive_at_least", spectrum.positive},
                                 {"smallest", interval_report(spectrum.smallest)},
                                 {"largest", interval_report(spectrum.largest)},
                                 {"weakest_equilibrated", spectrum.weakest}});
}

tepui_report neuron_report(const NeuronProof& neuron, std::size_t number) {
    return tepui_report::object(
        {{"neuron", number},
         {"complete", neuron.complete},
         {"inner_hessian", spectrum_report(neuron.inner)},
         {"slopes",
          tepui_report::object({{"at_least", neuron.slopes}, {"zero_by_structure", neuron.slopes_vanish}})},
         {"local_minima", neuron.minima},
         {"saddles", neuron.saddles},
         {"statement", neuron.statement}});
}

void add_point(tepui_report& report, const Certificate& certificate) {
    tepui_report balls = tepui_report::array();
    for (const std::string& ball : certificate.parameters) balls.push_back(ball);
    std::vector<double> lower, upper;
    for (const Interval& bounds : certificate.bounds) {
        lower.push_back(bounds.lower);
        upper.push_back(bounds.upper);
    }
    report.add({{"morse_index", known(certificate.morse_index)},
                {"distance_at_most", certificate.distance},
                {"precision_bits", certificate.precision},
                {"newton", tepui_report::object({{"step_at_most", certificate.residual},
                                                 {"radius", certificate.radius},
                                                 {"contraction_at_most", certificate.contraction}})},
                {"loss", interval_report(certificate.loss)},
                {"hessian", spectrum_report(certificate.hessian)},
                {"parameters", tepui_report::object({{"balls", std::move(balls)},
                                                     {"lower", std::move(lower)},
                                                     {"upper", std::move(upper)},
                                                     {"held", certificate.held}})}});
}

}  // namespace

tepui_report certificate_report(const Certificate& certificate, bool narrow) {
    const bool failed = certificate.failed != CertificateStep::none;
    tepui_report report =
        tepui_report::object({{"complete", certificate.complete},
                              {"about", narrow ? "narrow_network" : "network"},
                              {"failed_step", failed ? tepui_report(certificate.failed) : tepui_report()},
                              {"failed_neuron", known(certificate.failed_neuron)},
                              {"reason", certificate.reason},
                              {"stationary", certificate.stationary},
                              {"verdict", certificate.verdict},
                              {"statement", certificate.statement}});
    if (certificate.stationary) add_point(report, certificate);
    tepui_report neurons = tepui_report::array();
    for (const NeuronProof& neuron : certificate.neurons)
        neurons.push_back(neuron_report(neuron, neurons.count()));
    report.add("neurons", std::move(neurons));
    return report;
}

}  // namespace tepui
