// The certificate for people: the theorem with its enclosures, or the step that failed.
#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

std::string split_text(const Json& split) {
    std::string text;
    for (std::size_t j = 0; j < split["neurons"].size(); ++j)
        text += (j ? ", neuron " : "neuron ") + split["neurons"][j].dump() + " by gamma " +
                gamma_text(split["gammas"][j]);
    const bool proven = split["verdict"] != "undetermined";
    return text_of(split["what"]) + ", " + text + ": " +
           (proven ? "proven to be a " + verdict_phrase(split["verdict"]) : "nothing is proven");
}

constexpr std::size_t kShown = 8;  // parameters in the text; the JSON report has all

}  // namespace

std::string certificate_text(const Json& certificate, bool preprocessed) {
    const std::string about =
        certificate["about"] == "narrow_network" ? " of the network reduced to distinct neurons" : "";
    const bool stationary = certificate["stationary"].get<bool>();
    std::string text =
        certificate["complete"].get<bool>()
            ? wrapped("  Certified ", "THEOREM" + about + ", proven in ball arithmetic of " +
                                          certificate["precision_bits"].dump() + " bits, every double of " +
                                          (preprocessed ? "the preprocessed data" : "the data") +
                                          " and of the given weights taken exactly:")
            : wrapped("  Certified ", std::string(stationary ? "IN PART" : "NO") + about + ": the step " +
                                          text_of(certificate["failed_step"]) +
                                          " failed: " + text_of(certificate["reason"]));
    const auto say = [&](const std::string& sentence) { text += wrapped("            ", sentence); };
    if (certificate["statement"] != "") say(text_of(certificate["statement"]));
    for (const Json& neuron : certificate["neurons"]) say(text_of(neuron["statement"]));
    for (const Json& split : certificate["splits"]) say("Hence " + split_text(split) + ".");
    if (!stationary) return text;
    const Json &newton = certificate["newton"], &balls = certificate["parameters"]["balls"];
    say("How: Newton step at the centre of the box at most " +
        scientific(real_of(newton["step_at_most"]), 3) + " in a neighbourhood of radius " +
        scientific(real_of(newton["radius"]), 3) + " where the Newton map contracts by " +
        scientific(real_of(newton["contraction_at_most"]), 3) + ". The box (W row by row, then a, b and C):");
    for (std::size_t j = 0; j < std::min(kShown, balls.size()); ++j)
        text += "              " + text_of(balls[j]) + "\n";
    if (balls.size() > kShown)
        say("  and " + std::to_string(balls.size() - kShown) + " more (--json shows all)");
    return text;
}

}  // namespace tepui::cli
