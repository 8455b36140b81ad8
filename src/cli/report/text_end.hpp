// Ends at infinity, for people.
#pragma once
#include "cli/report/report.hpp"

namespace tepui::cli {

// One after the other, by rising loss; empty when there are none.
std::string ends_text(const Report& report);

}  // namespace tepui::cli
