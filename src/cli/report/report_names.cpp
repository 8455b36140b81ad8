#include "cli/report/report_names.hpp"

#include "vocabulary/verdicts.hpp"

namespace tepui::cli {

std::string region_phrase(tepui_gamma_region region) {
    return phrase_of(GammaRegion{region});
}

std::string definiteness_phrase(tepui_definiteness definiteness) {
    return phrase_of(Definiteness{definiteness});
}

std::string plateau_phrase(tepui_plateau_type plateau) {
    return phrase_of(PlateauType{plateau});
}

std::string verdict_phrase(tepui_verdict verdict, bool strict, bool global) {
    if (global) return strict ? "strict global minimum" : "global minimum";
    const std::string phrase = phrase_of(Verdict{verdict});
    return strict && verdict == TEPUI_VERDICT_LOCAL_MINIMUM ? "strict " + phrase : phrase;
}

}  // namespace tepui::cli
