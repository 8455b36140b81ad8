// tepui classify: table and weights from elsewhere -> verdicts, and those on the splits asked for.
#include <cmath>

#include "cli/data/weight_files.hpp"
#include "cli/options/commands.hpp"
#include "cli/report/collect.hpp"
#include "cli/report/timings.hpp"
#include "cli/search/problem.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/progress.hpp"
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

// Moves to the stationary point nearby, whatever its index. The weights stay where they are when there is
// none.
NetworkHandle polish(Problem& problem, NetworkHandle network, Report& report) {
    tepui_context* context = problem.context.get();
    require(context, tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET, TEPUI_SOLVE_STATIONARY));
    tepui_solution* raw = nullptr;
    require(context, tepui_solve_from(context, problem.dataset.get(), network.get(), &raw));
    const SolutionHandle solution(raw);
    PolishReport& polished = report.polish.emplace();
    polished.start = describe_start(context, raw, 0);
    if (polished.start.outcome != TEPUI_START_CONVERGED) return network;
    const tepui_network* end = tepui_solution_start_point(raw, 0);
    polished.moved = relative_distance(network.get(), end);
    const PointReport values = describe_network(end);
    const std::ptrdiff_t hidden = values.width * values.inputs;
    return make_network(context, problem.activation.get(),
                        {values.width,
                         values.inputs,
                         {values.parameters.begin(), values.parameters.begin() + hidden},
                         {values.parameters.begin() + hidden, values.parameters.end()}});
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

}  // namespace

int run_classify(const ClassifyOptions& options) {
    std::vector<std::vector<double>> gammas;
    for (const std::string& text : options.gammas) {
        gammas.push_back(parse_gamma("--gamma " + text, text));
        check_sum("--gamma", gammas.back(), text);
    }
    Timings timings;
    Report report;
    report.command = "classify";
    report.weight_files = options.weight_files;
    Problem problem = open_problem(options.data, options.model, options.run, report);
    const Weights weights = read_weights(options.weight_files);
    require_inputs(weights.inputs, options.weight_files[0], report);
    if (weights.width == 0) throw UserError(options.weight_files[0] + ": holds no neuron to classify");
    report.width = weights.width;
    if (options.neuron) {
        if (gammas.empty()) throw UserError("--neuron says which neuron --gamma splits: --gamma is missing");
        require_neuron(*options.neuron, report);
    }
    const SplitRequest splits{gammas, options.neuron.value_or(-1),
                              parse_splits(options.splits, weights.width)};
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
    report.points.push_back(analyse_point(problem.context.get(), problem.dataset.get(), network.get(), splits,
                                          options.run.certify, timings));
    if (options.output.timings) report.timings = timings.report();
    deliver(report, options.output);
    return report.points.front().stationary() ? exit_ok : exit_not_stationary;
}

}  // namespace tepui::cli
