// What the words of the text report mean.
#pragma once
#include <string>

#include "cli/report/report.hpp"

namespace tepui::cli {

// Explains the columns and every rule that the report names; empty when no neuron was classified.
std::string legend_text(const Report& report);

}  // namespace tepui::cli
