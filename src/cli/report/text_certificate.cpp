// The certificate for people: the theorem with its enclosures, or the step that failed.
#include "cli/report/certificate_report.hpp"
#include "cli/report/report_names.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

std::string gamma_list(const std::vector<double>& gamma) {
    std::string text;
    for (const double value : gamma) text += (text.empty() ? "" : ", ") + significant(value, 4);
    return "(" + text + ")";
}

std::string split_text(const SplitProofReport& split) {
    std::string text;
    for (std::size_t j = 0; j < split.neurons.size(); ++j)
        text += (j ? ", neuron " : "neuron ") + std::to_string(split.neurons[j]) + " by gamma " +
                gamma_list(split.gammas[j]);
    const bool proven = split.verdict != TEPUI_VERDICT_UNDETERMINED;
    return split.what + ", " + text + ": " +
           (proven ? "proven to be a " + verdict_phrase(split.verdict, false, false) : "nothing is proven");
}

constexpr std::size_t kShown = 8;  // parameters in the text; the JSON report has all

}  // namespace

std::string certificate_text(const CertificateReport& certificate, bool preprocessed) {
    const std::string about = certificate.narrow ? " of the network reduced to distinct neurons" : "";
    std::string text =
        certificate.complete
            ? wrapped("  Certified ", "THEOREM" + about + ", proven in ball arithmetic of " +
                                          std::to_string(certificate.precision) + " bits, every double of " +
                                          (preprocessed ? "the preprocessed data" : "the data") +
                                          " and of the given weights taken exactly:")
            : wrapped("  Certified ", std::string(certificate.stationary ? "IN PART" : "NO") + about +
                                          ": the step " +
                                          tepui_certificate_step_name(certificate.failed_step) +
                                          " failed: " + certificate.reason);
    const auto say = [&](const std::string& sentence) { text += wrapped("            ", sentence); };
    if (!certificate.statement.empty()) say(certificate.statement);
    for (const NeuronProofReport& neuron : certificate.neurons) say(neuron.statement);
    for (const SplitProofReport& split : certificate.splits) say("Hence " + split_text(split) + ".");
    if (!certificate.stationary) return text;
    say("How: Newton step at the centre of the box at most " + scientific(certificate.newton_step, 3) +
        " in a neighbourhood of radius " + scientific(certificate.newton_radius, 3) +
        " where the Newton map contracts by " + scientific(certificate.contraction, 3) +
        ". The box (W row by row, then a):");
    for (std::size_t j = 0; j < std::min(kShown, certificate.parameters.size()); ++j)
        text += "              " + certificate.parameters[j] + "\n";
    if (certificate.parameters.size() > kShown)
        say("  and " + std::to_string(certificate.parameters.size() - kShown) + " more (--json shows all)");
    return text;
}

}  // namespace tepui::cli
