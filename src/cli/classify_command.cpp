// tepui classify: table and weights from elsewhere -> verdicts, and those on the splits asked for.
#include <cmath>

#include "collect.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "npy_file.hpp"
#include "number_text.hpp"
#include "problem.hpp"
#include "progress.hpp"
#include "timings.hpp"
#include "user_error.hpp"

namespace tepui::cli {
namespace {

struct Weights {
    std::int64_t width = 0;
    std::vector<double> w;  // [width][inputs]
    std::vector<double> a;
};

Weights read_weights(const std::vector<std::string>& files, const Report& report) {
    NpyArray w = read_npy(files[0]);
    NpyArray a = read_npy(files[1]);
    if (w.shape.size() != 2 || w.values.empty())
        throw UserError(files[0] + ": a non-empty 2-D array [neurons][inputs] is expected");
    if (w.shape[1] != report.inputs)
        throw UserError(files[0] + ": has " + std::to_string(w.shape[1]) + " columns where the data gives " +
                        counted(report.inputs, "input") + " (" +
                        counted(std::int64_t(report.features.size()), "feature") +
                        (report.bias ? " and the bias)" : ", no --bias)"));
    if (std::int64_t(a.values.size()) != w.shape[0] || a.shape.empty() || a.shape.size() > 2)
        throw UserError(files[1] + ": holds " + counted(std::int64_t(a.values.size()), "value") + " where " +
                        files[0] + " has " + counted(w.shape[0], "neuron"));
    return {w.shape[0], std::move(w.values), std::move(a.values)};
}

NetworkHandle make_network(const Problem& problem, const Weights& weights, std::int64_t inputs) {
    tepui_network* raw = nullptr;
    require(problem.context.get(),
            tepui_network_create(problem.context.get(), problem.activation.get(), weights.width, inputs,
                                 weights.w.data(), inputs, weights.a.data(), &raw));
    return NetworkHandle(raw);
}

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
    return make_network(problem,
                        {values.width,
                         {values.parameters.begin(), values.parameters.begin() + hidden},
                         {values.parameters.begin() + hidden, values.parameters.end()}},
                        values.inputs);
}

std::int64_t chosen_neuron(const ClassifyOptions& options, std::int64_t width) {
    if (!options.neuron) return -1;
    if (*options.neuron >= width)
        throw UserError("--neuron " + std::to_string(*options.neuron) + ": the network has " +
                        counted(width, "neuron") + ", numbered from 0");
    return *options.neuron;
}

void check_sum(const std::vector<double>& gamma, const std::string& text) {
    double sum = 0.0, size = 0.0;
    for (const double value : gamma) {
        sum += value;
        size += std::fabs(value);
    }
    if (std::fabs(sum - 1.0) > 1e-12 * size)
        throw UserError("--gamma " + text + ": sums to " + significant(sum, 12) +
                        "; splitting coefficients sum to 1");
}

}  // namespace

int run_classify(const ClassifyOptions& options) {
    std::vector<std::vector<double>> gammas;
    for (const std::string& text : options.gammas) {
        gammas.push_back(parse_gamma(text));
        check_sum(gammas.back(), text);
    }
    Timings timings;
    Report report;
    report.command = "classify";
    report.weight_files = options.weight_files;
    Problem problem = open_problem(options.data, options.model, options.run, report);
    const Weights weights = read_weights(options.weight_files, report);
    report.width = weights.width;
    const std::int64_t neuron = chosen_neuron(options, weights.width);
    timings.add("read data");
    show_warnings(report);
    catch_interrupt();

    const Progress progress(problem.context.get());
    NetworkHandle network = make_network(problem, weights, report.inputs);
    if (options.polish) {
        network = polish(problem, std::move(network), report);
        timings.add("polish");
    }
    report.points.push_back(
        analyse_point(problem.context.get(), problem.dataset.get(), network.get(), gammas, neuron, timings));
    if (options.output.timings) report.timings = timings.report();
    deliver(report, options.output);
    return report.points.front().stationary() ? exit_ok : exit_not_stationary;
}

}  // namespace tepui::cli
