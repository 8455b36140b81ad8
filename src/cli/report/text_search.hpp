// What is said of a search: how its starts ended, what the inputs are, and why nothing was found.
#pragma once
#include <string>

#include "cli/report/report.hpp"

namespace tepui::cli {

std::string search_text(const Report& report);

// The causes that the search saw, with the advice that fits each.
std::string nothing_found_text(const Report& report);

}  // namespace tepui::cli
