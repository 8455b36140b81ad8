#include "tepui/solve.h"

#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "core/required_memory.hpp"

namespace tepui::api {
namespace {

tepui_solution* made(SolveResult&& result, const UnitScale& scale) {
    for (DistinctPoint& point : result.points) {
        point.loss = scale.given_loss(point.loss);
        scale.to_given(point.network);
    }
    for (StartReport& start : result.starts) {
        start.loss = scale.given_loss(start.loss);
        scale.to_given(start.point);
    }
    auto solution = std::make_unique<tepui_solution>(tepui_solution{std::move(result), {}, {}, {}});
    solution->points.reserve(solution->value.points.size());
    for (DistinctPoint& point : solution->value.points) {
        solution->points.push_back(tepui_network{std::move(point.network)});
    }
    solution->endings.reserve(solution->value.starts.size());
    for (StartReport& start : solution->value.starts) {
        solution->endings.push_back(tepui_network{std::move(start.point)});
    }
    return solution.release();
}

// What a search fills is refused beforehand where it cannot be had. Each start under way holds the Hessian
// and its copies, as Newton's step takes it apart, in the space that the inputs span; ReLU-like neurons their
// preactivations, too. Two networks are kept of every start.
void require_search(const Dataset& data, const Activation& activation, Size m, Size starts, int threads) {
    constexpr double kHessians = 6.0;  // the Hessian, its sums, scaled, eigenvectors and what LAPACK needs
    const Size inputs = data.inputs(), rank = std::min(inputs, data.samples());
    const Size most = std::min(kMostOrder / (rank + 1), kMostNumbers / (inputs + 1));
    const std::string named = "m is " + std::to_string(m) + ", ";
    const std::string of = " neurons of " + std::to_string(inputs) + " inputs";
    if (m > most) {
        throw Error(Status::invalid_size, named + "at most " + std::to_string(most) + of +
                                              " are expected: the Hessian of more cannot be held");
    }
    const auto order = static_cast<double>(m * (rank + 1));
    const bool kinks = activation.traits().smoothness == Smoothness::piecewise_linear;
    const double preactivations =
        kinks ? 2.0 * static_cast<double>(m) * static_cast<double>(data.samples()) : 0.0;
    const auto under_way = static_cast<double>(std::min<Size>(starts, threads));
    const double kept = 2.0 * static_cast<double>(starts) * static_cast<double>(m * (inputs + 1));
    require_memory(sizeof(double) * (under_way * (kHessians * order * order + preactivations) + kept),
                   named + "a search among" + of + " (the Hessian and its copies for each of " +
                       std::to_string(std::min<Size>(starts, threads)) + " starts at a time, " +
                       std::to_string(starts) + " starts)",
                   "; fewer neurons, starts or threads are expected");
}

// One start seen as a run of starts.
SolveResult as_result(StartReport&& start) {
    SolveResult result;
    if (start.outcome == StartOutcome::converged) {
        start.distinct = 0;
        result.points.push_back(DistinctPoint{start.point, start.loss, start.gradient_relative, 1});
    }
    result.starts.push_back(std::move(start));
    return result;
}

template <class Items>
auto* item_at(const Items& items, Size index) {
    using Item = const typename Items::value_type;
    const bool there = index >= 0 && index < static_cast<Size>(items.size());
    return there ? &items[static_cast<std::size_t>(index)] : static_cast<Item*>(nullptr);
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_solve(tepui_context* context, const tepui_dataset* dataset,
                         const tepui_activation* activation, int64_t m, tepui_solution** solution) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(activation, "activation");
        require_size(m, 1, "m");
        require_pointer(solution, "solution");
        require_search(dataset->value, activation->value, m, context->options.solve_starts,
                       resolved_threads(*context));
        *solution =
            made(solve(dataset->unit(), activation->value, m, context->options.solve(), execution(*context)),
                 dataset->scale());
    });
}

tepui_status tepui_solve_from(tepui_context* context, const tepui_dataset* dataset,
                              const tepui_network* network, tepui_solution** solution) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        require_pointer(network, "network");
        require_same_inputs(*dataset, *network);
        require_size(network->value.width, 1, "the number of neurons");
        require_pointer(solution, "solution");
        require_search(dataset->value, network->value.activation, network->value.width, 1, 1);
        InputReport inputs;
        SolveResult result = as_result(solve_from(dataset->unit(), at_unit_scale(*network, *dataset),
                                                  context->options.solve(), execution(*context), &inputs));
        result.inputs = std::move(inputs);
        *solution = made(std::move(result), dataset->scale());
    });
}

void tepui_solution_destroy(tepui_solution* solution) {
    delete solution;
}

int64_t tepui_solution_points(const tepui_solution* solution) {
    return solution == nullptr ? 0 : static_cast<int64_t>(solution->points.size());
}

const tepui_network* tepui_solution_point(const tepui_solution* solution, int64_t index) {
    return solution == nullptr ? nullptr : item_at(solution->points, index);
}

double tepui_solution_point_loss(const tepui_solution* solution, int64_t index) {
    const auto* point = solution == nullptr ? nullptr : item_at(solution->value.points, index);
    return point == nullptr ? std::numeric_limits<double>::quiet_NaN() : point->loss;
}

int64_t tepui_solution_point_hits(const tepui_solution* solution, int64_t index) {
    const auto* point = solution == nullptr ? nullptr : item_at(solution->value.points, index);
    return point == nullptr ? 0 : point->hits;
}

int64_t tepui_solution_starts(const tepui_solution* solution) {
    return solution == nullptr ? 0 : static_cast<int64_t>(solution->endings.size());
}

tepui_status tepui_solution_start(tepui_context* context, const tepui_solution* solution, int64_t index,
                                  tepui_start_outcome* outcome, const char** reason, int64_t* iterations,
                                  double* loss, double* gradient_relative, int64_t* distinct) {
    return guarded(context, [&] {
        require_pointer(solution, "solution");
        require_index(index, tepui_solution_starts(solution), "index", "number of starts");
        const StartReport& start = solution->value.starts[static_cast<std::size_t>(index)];
        if (outcome != nullptr) *outcome = static_cast<tepui_start_outcome>(start.outcome);
        if (reason != nullptr) *reason = start.reason.c_str();
        if (iterations != nullptr) *iterations = start.iterations;
        if (loss != nullptr) *loss = start.loss;
        if (gradient_relative != nullptr) *gradient_relative = start.gradient_relative;
        if (distinct != nullptr) *distinct = start.distinct;
    });
}

const tepui_network* tepui_solution_start_point(const tepui_solution* solution, int64_t index) {
    return solution == nullptr ? nullptr : item_at(solution->endings, index);
}

tepui_status tepui_solution_inputs(tepui_context* context, const tepui_solution* solution, int64_t* used,
                                   double* smallest_used, double* largest_unused, int64_t* distinct_samples) {
    return guarded(context, [&] {
        require_pointer(solution, "solution");
        const InputReport& inputs = solution->value.inputs;
        if (used != nullptr) *used = inputs.used;
        if (smallest_used != nullptr) *smallest_used = inputs.smallest_used;
        if (largest_unused != nullptr) *largest_unused = inputs.largest_unused;
        if (distinct_samples != nullptr) *distinct_samples = inputs.distinct_samples;
    });
}

int64_t tepui_solution_dependences(const tepui_solution* solution) {
    return solution == nullptr ? 0 : static_cast<int64_t>(solution->value.inputs.dependences.size());
}

tepui_status tepui_solution_dependence(tepui_context* context, const tepui_solution* solution, int64_t index,
                                       int64_t* count, int64_t* inputs, double* size) {
    return guarded(context, [&] {
        require_pointer(solution, "solution");
        require_index(index, tepui_solution_dependences(solution), "index", "number of dependences");
        const Dependence& found = solution->value.inputs.dependences[static_cast<std::size_t>(index)];
        if (count != nullptr) *count = static_cast<int64_t>(found.inputs.size());
        if (inputs != nullptr) std::copy(found.inputs.begin(), found.inputs.end(), inputs);
        if (size != nullptr) *size = found.size;
    });
}

tepui_status tepui_solution_report(tepui_context* context, const tepui_solution* solution,
                                   const tepui_report** report) {
    return report_of(context, solution, "solution", report, [](const tepui_solution& one) {
        return solution_report(one.value, networks_of(one.points));
    });
}

}  // extern "C"
