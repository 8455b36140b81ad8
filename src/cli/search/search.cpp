#include "cli/search/search.hpp"

#include "cli/support/number_text.hpp"
#include "cli/support/progress.hpp"

namespace tepui::cli {
namespace {

constexpr std::int64_t usual_starts = 16;

void set_solve_options(tepui_context* context, const SolveOptions& solve) {
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SEED, solve.seed));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS,
                                               solve.starts.value_or(usual_starts)));
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET,
                                               solve.saddles ? TEPUI_SOLVE_STATIONARY : TEPUI_SOLVE_MINIMUM));
    if (solve.max_iterations)
        require(context,
                tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, *solve.max_iterations));
}

}  // namespace

NetworkHandle prototype(const Problem& problem, std::int64_t width, const Report& report) {
    Weights weights;
    weights.width = width;
    weights.inputs = report.inputs;
    weights.outputs = report.output_count();
    weights.w.resize(std::size_t(width * weights.inputs));
    weights.a.resize(std::size_t(width * weights.outputs));
    if (report.output_bias) weights.b.resize(std::size_t(weights.outputs));
    if (report.skip) weights.c.resize(std::size_t(weights.outputs * weights.inputs));
    return make_network(problem.context.get(), problem.activation.get(), weights);
}

Found search(Problem& problem, const SolveOptions& solve, Report& report) {
    tepui_context* context = problem.context.get();
    set_solve_options(context, solve);
    if (!solve.starts) report.chosen.push_back({"--starts", counted(usual_starts, "start"), ""});
    tepui_solution* raw = nullptr;
    {
        const Progress progress(context);
        require(context, tepui_solve_like(context, problem.dataset.get(),
                                          prototype(problem, solve.width, report).get(), &raw));
    }
    SolutionHandle solution(raw);
    Json told_of_it = told(context, tepui_solution_report, raw);
    std::int64_t max_iterations = 0;
    double tolerance = 0.0;
    require(context, tepui_context_get_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, &max_iterations));
    require(context, tepui_context_get_real(context, TEPUI_OPTION_SOLVE_TOLERANCE, &tolerance));
    report.search = {{"find", solve.saddles ? "stationary" : "minimum"},
                     {"seed", solve.seed},
                     {"max_iterations", max_iterations},
                     {"tolerance", tolerance}};
    for (const char* name : {"inputs", "outcomes", "starts", "ends"})
        report.search[name] = std::move(told_of_it[name]);
    report.found = told_of_it["points"].size();
    return {std::move(solution), std::move(told_of_it["points"])};
}

}  // namespace tepui::cli
