// The search for stationary points.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

struct Found {
    SolutionHandle solution;
    Json points;  // each with its number, its loss, how many starts ended there, and its weights
};

// Of the network sought: its parameters do not matter.
NetworkHandle prototype(const Problem& problem, std::int64_t width, const Report& report);

// Runs the starts and reports how each one ended.
Found search(Problem& problem, const SolveOptions& solve, Report& report);

}  // namespace tepui::cli
