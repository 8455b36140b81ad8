// Words for the library's enumerations that both forms of the report use.
#pragma once
#include <tepui/tepui.h>

#include <string>

namespace tepui::cli {

// Set of splitting coefficients, for people: "Gamma+", "outside Gamma-", "nowhere".
std::string region_phrase(tepui_gamma_region region);
// "positive definite", "all saddles", ...
std::string definiteness_phrase(tepui_definiteness definiteness);
std::string plateau_phrase(tepui_plateau_type plateau);
// "strict local minimum", "saddle", ...
std::string verdict_phrase(tepui_verdict verdict, bool strict, bool global);

}  // namespace tepui::cli
