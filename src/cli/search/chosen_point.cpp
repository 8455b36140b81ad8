#include "cli/search/chosen_point.hpp"

#include "cli/data/weight_files.hpp"
#include "cli/search/search.hpp"
#include "cli/support/figure_style.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

ChosenPoint from_weights(const Problem& problem, const PictureOptions& options, Report& report) {
    const std::vector<std::string>& files = options.point.weight_files;
    const Weights weights = read_fitting_weights(files, options.model, report);
    if (weights.width == 0) throw UserError(files[0] + ": holds no neuron");
    return {make_network(problem.context.get(), problem.activation.get(), weights),
            "weights from " + file_name_of(files[0])};
}

ChosenPoint from_search(Problem& problem, const PointOptions& options, Report& report) {
    report.width = options.solve.width;
    const Found found = search(problem, options.solve, report);
    if (interrupted()) throw LibraryError(TEPUI_ERROR_CANCELLED, "interrupted");
    const std::int64_t count = std::int64_t(report.found);
    if (count == 0) return {};
    if (options.number > count)
        throw UserError("--point " + std::to_string(options.number) + ": the search found " +
                        counted(count, "point") + ", numbered from 1 by rising loss");
    return {copy_of(problem.context.get(), problem.activation.get(),
                    tepui_solution_point(found.solution.get(), options.number - 1)),
            "point " + std::to_string(options.number) + " of " + std::to_string(count)};
}

// What these commands draw is theory of smooth activations.
void require_smooth(const std::string& activation, const std::string& command) {
    for (const char* kinked : {"relu", "leaky_relu", "abs"})
        if (activation == kinked || activation.starts_with(std::string(kinked) + ":"))
            throw UserError("--activation " + activation + ": tepui " + command +
                            " is for smooth activations (softplus, gelu and silu are smooth ones near relu); "
                            "tepui classify --gamma judges splits of ReLU-like neurons, tepui trace follows "
                            "their training");
}

void require_undecayed(const Report& report) {
    if (report.decay.any())
        throw UserError("--decay: tepui " + report.command +
                        " draws splits of a neuron, which are not stationary under weight decay (it pulls at "
                        "the weights of each daughter in full): there is no plateau, nor a critical set of "
                        "wider networks");
}

}  // namespace

std::optional<Scene> open_scene(const PictureOptions& options, Report& report) {
    const PointOptions& point = options.point;
    if (point.weight_files.empty() == (point.solve.width == 0))
        throw UserError("either --width M (search for a point) or --weights W.npy a.npy is expected");
    if (!options.figure.file.empty()) check_figure_file(options.figure.file);
    const Habits& habits = point.weight_files.empty() ? of_search : of_given_weights;
    require_smooth(options.model.activation.value_or(habits.activation), report.command);
    Scene scene{open_problem(options.data, options.model, options.run, habits, report), {}};
    require_undecayed(report);
    catch_interrupt();
    scene.chosen = point.weight_files.empty() ? from_search(scene.problem, point, report)
                                              : from_weights(scene.problem, options, report);
    show_warnings(report);
    if (scene.chosen.network) return scene;
    complain("no start reached a stationary point");
    return std::nullopt;
}

}  // namespace tepui::cli
