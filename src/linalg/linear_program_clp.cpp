#include <Clp_C_Interface.h>

#include <cmath>
#include <limits>
#include <memory>
#include <new>

#include "linalg/linear_program.hpp"

namespace tepui::linalg {
namespace {

constexpr double kTolerance = 1e-10;

struct Delete {
    void operator()(Clp_Simplex* model) const { Clp_deleteModel(model); }
};
using Model = std::unique_ptr<Clp_Simplex, Delete>;

double clp_bound(double bound) {
    return std::isinf(bound) ? std::copysign(std::numeric_limits<double>::max(), bound) : bound;
}

void load(const LinearProgram& program, Clp_Simplex* model) {
    const Size variables = program.columns.rows(), equations = program.columns.cols();
    std::vector<CoinBigIndex> starts{0};
    std::vector<int> rows;
    std::vector<double> values, lower, upper;
    for (Size l = 0; l < variables; ++l) {
        for (Size j = 0; j < equations; ++j) {
            const double value = program.columns(l, j);
            if (value == 0.0) continue;
            rows.push_back(static_cast<int>(j));
            values.push_back(value);
        }
        starts.push_back(static_cast<CoinBigIndex>(rows.size()));
        lower.push_back(clp_bound(program.lower[l]));
        upper.push_back(clp_bound(program.upper[l]));
    }
    Clp_loadProblem(model, static_cast<int>(variables), static_cast<int>(equations), starts.data(),
                    rows.data(), values.data(), lower.data(), upper.data(), program.cost.data(),
                    program.right.data(), program.right.data());
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

std::string linear_program_backend() {
    return std::string("Clp ").append(Clp_Version());
}

std::optional<LinearSolution> minimise(const LinearProgram& program) try {
    if (!fits(program)) return std::nullopt;
    const Model model(Clp_newModel());
    Clp_setLogLevel(model.get(), 0);
    Clp_setPrimalTolerance(model.get(), kTolerance);
    Clp_setDualTolerance(model.get(), kTolerance);
    // With its own scaling the primal simplex calls a basis optimal that is not, of 3 % of small programs
    // with many ties; those here are scaled already.
    Clp_scaling(model.get(), 0);
    load(program, model.get());
    Clp_primal(model.get(), 0);
    if (Clp_isProvenOptimal(model.get()) == 0) return std::nullopt;
    LinearSolution solution;
    const double* x = Clp_getColSolution(model.get());
    const double* duals = Clp_getRowPrice(model.get());
    solution.x.assign(x, x + program.columns.rows());
    solution.duals.assign(duals, duals + program.columns.cols());
    solution.objective = Clp_getObjValue(model.get());
    return solution;
} catch (const std::bad_alloc&) {
    throw;
} catch (...) {  // Clp throws errors of its own
    return std::nullopt;
}

}  // namespace tepui::linalg
