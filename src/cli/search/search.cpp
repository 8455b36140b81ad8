#include "cli/search/search.hpp"

#include "cli/report/collect.hpp"
#include "cli/support/progress.hpp"

namespace tepui::cli {
namespace {

void set_solve_options(tepui_context* context, const SolveOptions& solve) {
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SEED, solve.seed));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, solve.starts));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET,
                                               solve.saddles ? TEPUI_SOLVE_STATIONARY : TEPUI_SOLVE_MINIMUM));
    if (solve.max_iterations)
        require(context,
                tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, *solve.max_iterations));
}

}  // namespace

SolutionHandle search(Problem& problem, const SolveOptions& solve, Report& report) {
    tepui_context* context = problem.context.get();
    set_solve_options(context, solve);
    tepui_solution* raw = nullptr;
    {
        const Progress progress(context);
        require(context,
                tepui_solve(context, problem.dataset.get(), problem.activation.get(), solve.width, &raw));
    }
    SolutionHandle solution(raw);
    SearchReport& found = report.search.emplace();
    found.saddles = solve.saddles;
    found.seed = solve.seed;
    require(context,
            tepui_context_get_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, &found.max_iterations));
    require(context, tepui_context_get_real(context, TEPUI_OPTION_SOLVE_TOLERANCE, &found.tolerance));
    found.inputs = describe_search_inputs(context, raw);
    for (std::int64_t index = 0; index < tepui_solution_starts(raw); ++index)
        found.starts.push_back(describe_start(context, raw, index));
    return solution;
}

}  // namespace tepui::cli
