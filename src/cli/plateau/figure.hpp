// Steps of drawing a plateau.
#pragma once
#include <set>

#include "cli/plateau/map.hpp"
#include "cli/support/figure_style.hpp"

namespace tepui::cli {

// Title and, below it, what was analysed.
std::string figure_head(const PlateauReport& report);
// Region, verdict and Morse index on three lines, as a gnuplot string.
std::string part_label(const PlateauPart& part);
std::set<Verdict> verdicts_in(const PlateauMap& map);

Figure plane_figure(const PlateauReport& report);

}  // namespace tepui::cli
