#include "cli/report/report_names.hpp"

#include <algorithm>

namespace tepui::cli {
namespace {

std::string spaced(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

}  // namespace

std::string region_phrase(tepui_gamma_region region) {
    switch (region) {
        case TEPUI_REGION_NONE:
            return "nowhere";
        case TEPUI_REGION_GAMMA_PLUS:
            return "Gamma+";
        case TEPUI_REGION_GAMMA_MINUS:
            return "Gamma-";
        case TEPUI_REGION_OFF_GAMMA_PLUS:
            return "outside Gamma+";
        case TEPUI_REGION_OFF_GAMMA_MINUS:
            return "outside Gamma-";
        case TEPUI_REGION_EVERYWHERE:
            return "everywhere";
        case TEPUI_REGION_WITH_A_ZERO:
            return "where a gamma is 0";
        case TEPUI_REGION_NOT_NEGATIVE:
            return "where no gamma is negative";
        case TEPUI_REGION_GAMMA_BOUNDARY:
            return "where some gamma is 0, none negative";
        case TEPUI_REGION_FOURTH_ORDER_POSITIVE:
            return "where the fourth order is positive";
        case TEPUI_REGION_FOURTH_ORDER_NEGATIVE:
            return "by lower orders, and where the fourth is negative";
        default:
            return spaced(tepui_gamma_region_name(region));
    }
}

std::string definiteness_phrase(tepui_definiteness definiteness) {
    return spaced(tepui_definiteness_name(definiteness));
}

std::string plateau_phrase(tepui_plateau_type plateau) {
    switch (plateau) {
        case TEPUI_PLATEAU_ALL_LOCAL_MINIMA:
            return "all local minima";
        case TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES:
            return "minima and saddles";
        case TEPUI_PLATEAU_ALL_SADDLES:
            return "all saddles";
        default:
            return spaced(tepui_plateau_type_name(plateau));
    }
}

std::string verdict_phrase(tepui_verdict verdict, bool strict, bool global) {
    if (global) return strict ? "strict global minimum" : "global minimum";
    if (verdict == TEPUI_VERDICT_LOCAL_MINIMUM) return strict ? "strict local minimum" : "local minimum";
    if (verdict == TEPUI_VERDICT_INDICATED_MINIMUM) return "local minimum indicated, not proven";
    if (verdict == TEPUI_VERDICT_UNDETERMINED) return "undetermined";
    return spaced(tepui_verdict_name(verdict));
}

}  // namespace tepui::cli
