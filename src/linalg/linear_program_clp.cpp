#include <ClpSimplex.hpp>
#include <limits>

#include "linalg/linear_program.hpp"

namespace tepui::linalg {
namespace {

constexpr double kTolerance = 1e-10;

double clp_bound(double bound) {
    return std::isinf(bound) ? std::copysign(COIN_DBL_MAX, bound) : bound;
}

void load(const LinearProgram& program, ClpSimplex& model) {
    const Size variables = program.columns.rows(), equations = program.columns.cols();
    std::vector<int> starts{0}, rows;
    std::vector<double> values, lower, upper;
    for (Size l = 0; l < variables; ++l) {
        for (Size j = 0; j < equations; ++j) {
            const double value = program.columns(l, j);
            if (value == 0.0) continue;
            rows.push_back(static_cast<int>(j));
            values.push_back(value);
        }
        starts.push_back(static_cast<int>(rows.size()));
        lower.push_back(clp_bound(program.lower[l]));
        upper.push_back(clp_bound(program.upper[l]));
    }
    model.loadProblem(static_cast<int>(variables), static_cast<int>(equations), starts.data(), rows.data(),
                      values.data(), lower.data(), upper.data(), program.cost.data(), program.right.data(),
                      program.right.data());
}

bool fits(const LinearProgram& program) {
    const Size largest = std::numeric_limits<int>::max();
    const Size variables = program.columns.rows(), equations = program.columns.cols();
    return variables < largest && equations < largest && checked_product(variables, equations) < largest;
}

}  // namespace

bool has_linear_programs() noexcept {
    return true;
}

std::optional<LinearSolution> minimise(const LinearProgram& program) {
    if (!fits(program)) return std::nullopt;
    ClpSimplex model;
    model.setLogLevel(0);
    model.messageHandler()->setLogLevel(0);
    model.setPrimalTolerance(kTolerance);
    model.setDualTolerance(kTolerance);
    load(program, model);
    model.primal();
    if (!model.isProvenOptimal()) return std::nullopt;
    LinearSolution solution;
    const double* x = model.getColSolution();
    const double* duals = model.getRowPrice();
    solution.x.assign(x, x + program.columns.rows());
    solution.duals.assign(duals, duals + program.columns.cols());
    solution.objective = model.getObjValue();
    return solution;
}

}  // namespace tepui::linalg
