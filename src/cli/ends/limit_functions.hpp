// What a limit network of one input computes, unit by unit.
#pragma once
#include "cli/search/problem.hpp"

namespace tepui::cli {

struct LimitFunctions {
    std::vector<double> x;                   // as the network sees it
    std::vector<std::string> names;          // of the parts: units, then the constant and linear ones
    std::vector<std::vector<double>> parts;  // [parts][points * outputs]
    std::vector<double> sum;                 // [points * outputs]
};

LimitFunctions limit_functions(const Report& report, const Problem& problem, const Json& end,
                               std::vector<double> x);

}  // namespace tepui::cli
