// One stationary point in the text report.
#pragma once
#include <string>

#include "cli/report/report.hpp"

namespace tepui::cli {

std::string point_text(const Report& report, std::size_t index);

}  // namespace tepui::cli
