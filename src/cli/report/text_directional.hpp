#pragma once
#include "cli/report/report.hpp"

namespace tepui::cli {

// The verdict on a point of a ReLU-like network, its neurons and the splits asked for.
std::string directional_text(const PointReport& point);
std::string directional_legend(const Report& report);

}  // namespace tepui::cli
