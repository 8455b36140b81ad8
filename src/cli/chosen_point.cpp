#include "chosen_point.hpp"

#include "collect.hpp"
#include "number_text.hpp"
#include "search.hpp"
#include "user_error.hpp"
#include "weight_files.hpp"

namespace tepui::cli {
namespace {

ChosenPoint from_weights(const Problem& problem, const std::vector<std::string>& files, Report& report) {
    const Weights weights = read_weights(files);
    require_inputs(weights.inputs, files[0], report);
    if (weights.width == 0) throw UserError(files[0] + ": holds no neuron");
    report.weight_files = files;
    report.width = weights.width;
    return {make_network(problem.context.get(), problem.activation.get(), weights),
            "weights from " + files[0]};
}

ChosenPoint from_search(Problem& problem, const PointOptions& options, Report& report) {
    report.width = options.solve.width;
    const SolutionHandle solution = search(problem, options.solve, report);
    const std::int64_t count = tepui_solution_points(solution.get());
    if (count == 0) return {};
    if (options.number > count)
        throw UserError("--point " + std::to_string(options.number) + ": the search found " +
                        counted(count, "point") + ", numbered from 1 by rising loss");
    for (std::int64_t index = 0; index < count; ++index)
        report.points.push_back(describe_network(tepui_solution_point(solution.get(), index)));
    const PointReport& point = report.points[std::size_t(options.number - 1)];
    const std::ptrdiff_t hidden = point.width * point.inputs;
    const std::vector<double>& values = point.parameters;
    return {make_network(problem.context.get(), problem.activation.get(),
                         {point.width,
                          point.inputs,
                          {values.begin(), values.begin() + hidden},
                          {values.begin() + hidden, values.end()}}),
            "point " + std::to_string(options.number) + " of " + std::to_string(count)};
}

}  // namespace

void check_point_options(const PointOptions& options) {
    if (options.weight_files.empty() == (options.solve.width == 0))
        throw UserError("either --width M (search for a point) or --weights W.npy a.npy is expected");
}

ChosenPoint choose_point(Problem& problem, const PointOptions& options, Report& report) {
    if (!options.weight_files.empty()) return from_weights(problem, options.weight_files, report);
    return from_search(problem, options, report);
}

}  // namespace tepui::cli
