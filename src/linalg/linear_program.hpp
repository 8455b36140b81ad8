// Linear programs by Clp, where this build has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/matrix.hpp"

namespace tepui::linalg {

bool has_linear_programs() noexcept;
// "Clp 1.17.6"; empty: this build has no solver.
std::string linear_program_backend();

// minimise cost . x subject to columns^T x = right, lower <= x <= upper; bounds may be infinite.
struct LinearProgram {
    Matrix columns;             // row l: the column of variable l, one entry per equation
    std::vector<double> right;  // equations
    std::vector<double> cost, lower, upper;
};
struct LinearSolution {
    std::vector<double> x;
    std::vector<double> duals;  // of the equations: cost_l - duals . column_l >= 0 at the lower bound, <= 0
                                // at the upper one, 0 between
    double objective = 0.0;
};
// Empty where this build has no solver, or when it found no optimum. Values are as exact as the solution of
// one system of the optimal basis; which basis is optimal is decided at a tolerance of 1e-10.
std::optional<LinearSolution> minimise(const LinearProgram& program);

}  // namespace tepui::linalg
