// The search for stationary points.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

// Runs the starts and reports how each one ended.
SolutionHandle search(Problem& problem, const SolveOptions& solve, Report& report);

}  // namespace tepui::cli
