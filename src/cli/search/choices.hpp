// What was asked for, completed by the habits of the command.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

struct Choices {
    bool standardize = false, bias = false;
    bool output_bias = false;  // apart from what skip connections of the bias do
};

// Notes in the report what was not asked for.
Choices choose(const Problem& problem, const DataOptions& data, const ModelOptions& model,
               const Habits& habits, Report& report);

}  // namespace tepui::cli
