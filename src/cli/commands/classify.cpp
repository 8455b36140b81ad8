// tepui classify: table and weights from elsewhere -> verdicts, and those on the splits asked for.
#include <algorithm>
#include <cmath>

#include "cli/commands/any_point.hpp"
#include "cli/data/weight_files.hpp"
#include "cli/options/commands.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/point.hpp"
#include "cli/report/timings.hpp"
#include "cli/search/problem.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/ranks.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

double relative_distance(const tepui_network* from, const tepui_network* to) {
    const double* start = tepui_network_parameters(from);
    const double* end = tepui_network_parameters(to);
    double moved = 0.0, size = 0.0;
    for (std::int64_t j = 0; j < tepui_network_parameter_count(from); ++j) {
        moved = std::hypot(moved, end[j] - start[j]);
        size = std::hypot(size, start[j]);
    }
    return size > 0.0 ? moved / size : moved;
}

// Of the norm of the weights: a point that is further away is another one.
constexpr double nearby = 0.1;

// Moves to the stationary point nearby, whatever its index. The weights stay where they are when there is
// none.
NetworkHandle polish(Problem& problem, NetworkHandle network, Report& report) {
    tepui_context* context = problem.context.get();
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET, TEPUI_SOLVE_STATIONARY));
    tepui_solution* raw = nullptr;
    require(context, tepui_solve_from(context, problem.dataset.get(), network.get(), &raw));
    const SolutionHandle solution(raw);
    report.polish = told(context, tepui_solution_report, raw)["starts"][0];
    for (const char* of_a_search : {"start", "point", "end"}) report.polish.erase(of_a_search);
    const tepui_network* end = tepui_solution_start_point(raw, 0);
    const bool converged = report.polish["outcome"] == "converged";
    const double moved = converged ? relative_distance(network.get(), end) : 0.0;
    const bool accepted = converged && moved <= nearby;
    report.polish["relative_distance_moved"] = moved;
    report.polish["accepted"] = accepted;
    return accepted ? copy_of(context, problem.activation.get(), end) : std::move(network);
}

void check_sum(const std::string& option, const std::vector<double>& gamma, const std::string& text) {
    double sum = 0.0, size = 0.0;
    for (const double value : gamma) {
        sum += value;
        size += std::fabs(value);
    }
    if (std::fabs(sum - 1.0) > 1e-12 * size)
        throw UserError(option + " " + text + ": sums to " + significant(sum, 12) +
                        "; splitting coefficients sum to 1");
}

// As float32 files hold them.
bool single_precision(const Weights& weights) {
    const auto single = [](double value) { return double(float(value)) == value; };
    return std::all_of(weights.w.begin(), weights.w.end(), single) &&
           std::all_of(weights.a.begin(), weights.a.end(), single);
}

// What to do about weights that are not stationary.
std::string advice_on(const Report& report, const Weights& weights) {
    if (report.points.front().stationary()) return "";
    const std::string train = "train on to a smaller gradient, or let tepui analyze --width " +
                              std::to_string(report.width) + " search for stationary points";
    if (!report.polish.is_null())
        return "No stationary point is near these weights. Were they trained on these very columns, in this "
               "order, with the same --bias, --standardize and --activation? Else " +
               train + ".";
    // Rounding weights to single precision leaves this much of a gradient of 0, and a few times more.
    constexpr double single_level = 1e-4;
    if (single_precision(weights) &&
        report.points.front().json.value("gradient_relative", 0.0) < single_level)
        return "The weights are in single precision (float32), which leaves a gradient of this size. "
               "--polish "
               "moves them to the stationary point nearby in double precision and says how far it is; with "
               "--out DIR the moved weights are written.";
    return "--polish moves the weights to the stationary point nearby, if there is one, and says how far it "
           "is. If there is none: were they trained on these very columns, in this order, with the same "
           "--bias, --standardize and --activation? Else " +
           train + ".";
}

}  // namespace

int run_classify(const ClassifyOptions& options) {
    std::vector<std::vector<double>> gammas;
    for (const std::string& text : options.gammas) {
        gammas.push_back(parse_gamma("--gamma " + text, text));
        check_sum("--gamma", gammas.back(), text);
    }
    ranks().together([&] { check_directory(options.output.directory); });
    Timings timings;
    Report report;
    report.command = "classify";
    Problem problem = open_problem(options.data, options.model, options.run, of_given_weights, report);
    const Weights weights = read_fitting_weights(options.weight_files, options.model, report);
    if (weights.width == 0) throw UserError(options.weight_files[0] + ": holds no neuron to classify");
    if (options.neuron) {
        if (gammas.empty()) throw UserError("--neuron says which neuron --gamma splits: --gamma is missing");
        require_neuron(*options.neuron, report);
    }
    SplitRequest splits{gammas, options.neuron.value_or(-1), parse_splits(options.splits, weights.width)};
    for (std::size_t j = 0; j < options.splits.size(); ++j)
        check_sum("--split", splits.at_once[j].gamma, options.splits[j]);
    timings.add("read data");
    show_warnings(report);
    catch_interrupt();

    const Progress progress(problem.context.get());
    NetworkHandle network = make_network(problem.context.get(), problem.activation.get(), weights);
    if (options.polish) {
        network = polish(problem, std::move(network), report);
        timings.add("polish");
    }
    Point point = analyse_any_point(problem, network.get(),
                                    {std::move(splits), problem.relu_like(), options.run.certify,
                                     !options.output.directory.empty(), report.decay.any()},
                                    report, timings);
    point.json = numbered(std::move(point.json), 1, 0);
    report.points.push_back(std::move(point));
    report.advice = advice_on(report, weights);
    if (options.output.timings) report.timings = timings.report();
    deliver(report, options.output);
    return report.points.front().stationary() ? exit_ok : exit_not_stationary;
}

}  // namespace tepui::cli
