#include "tepui/solve.h"

#include <algorithm>
#include <cmath>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "classification/infinity/end_verdict.hpp"
#include "core/required_memory.hpp"

namespace tepui::api {
namespace {

std::shared_ptr<const EndReport> at_given_scale(const EndReport& unit, const UnitScale& scale) {
    auto end = std::make_shared<EndReport>(unit);
    end->loss = scale.given_loss(end->loss);
    BoundaryNetwork& limit = end->limit;
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const UnitShape& shape = shape_of(limit.units[u].kind);
        for (Size p = 0; p < shape.forms; ++p) {
            std::vector<double> w = limit.weights(u, p);
            scale.weights_to_given(w.data());
            limit.set_weights(u, p, w.data());
        }
        if (!limit.units[u].direction.empty()) scale.weights_to_given(limit.units[u].direction.data());
        for (Size q = 0; q < shape.coefficients; ++q)
            for (Size o = 0; o < limit.output_count; ++o)
                limit.coefficient(u, q, o) = scale.output_to_given(limit.coefficient(u, q, o));
    }
    for (Size o = 0; limit.output_bias && o < limit.output_count; ++o) {
        double& bias = limit.parameters[limit.rest_at() + o];
        bias = scale.output_to_given(bias);
    }
    for (Size o = 0; limit.skip && o < limit.output_count; ++o) {
        double* row = limit.parameters.data() + limit.rest_at() +
                      (limit.output_bias ? limit.output_count : 0) + o * limit.inputs;
        scale.weights_to_given(row);
        for (Size j = 0; j < limit.inputs; ++j) row[j] = scale.output_to_given(row[j]);
    }
    limit.normalise();
    for (Across& across : end->across) {
        across.value = scale.given_loss(across.value);
        across.error = scale.given_loss(across.error);
    }
    if (end->way) {
        scale.to_given(end->way->network);
        end->way->change = {scale.given_loss(end->way->change.value),
                            scale.given_loss(end->way->change.error)};
    }
    return end;
}

void to_given(Network& network, const UnitScale& scale) {
    scale.to_given(network);
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!std::all_of(network.parameters.begin(), network.parameters.end(), finite))
        throw Error(Status::numeric,
                    "a point that was found overflows in the units of the data: inputs and targets differ by "
                    "too many powers of ten");
}

tepui_solution* made(SolveResult&& result, const UnitScale& scale) {
    for (DistinctPoint& point : result.points) {
        point.loss = scale.given_loss(point.loss);
        to_given(point.network, scale);
    }
    for (StartReport& start : result.starts) {
        start.loss = scale.given_loss(start.loss);
        to_given(start.point, scale);
    }
    for (DistinctEnd& end : result.ends) end.end = at_given_scale(*end.end, scale);
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
void require_search(const Dataset& data, const Layout& network, const Activation& activation, Size starts,
                    int threads) {
    constexpr double kHessians = 6.0;  // the Hessian, its sums, scaled, eigenvectors and what LAPACK needs
    const Size m = network.width, inputs = data.inputs(), rank = std::min(inputs, data.samples());
    const Size outputs = network.output_count;
    const Size linear = outputs * ((network.output_bias ? 1 : 0) + (network.skip ? rank : 0));
    const Size most = std::min((kMostOrder - std::min(kMostOrder, linear)) / (rank + outputs),
                               kMostNumbers / (inputs + outputs));
    const std::string named = "m is " + std::to_string(m) + ", ";
    const std::string of = " neurons of " + std::to_string(inputs) + " inputs" +
                           (outputs > 1 ? " and " + std::to_string(outputs) + " outputs" : "");
    if (m > most) {
        throw Error(Status::invalid_size, named + "at most " + std::to_string(most) + of +
                                              " are expected: the Hessian of more cannot be held");
    }
    const auto order = static_cast<double>(m * (rank + outputs) + linear);
    const bool kinks = activation.piecewise_linear();
    const double preactivations =
        kinks ? 2.0 * static_cast<double>(m) * static_cast<double>(data.samples()) : 0.0;
    const auto under_way = static_cast<double>(std::min<Size>(starts, threads));
    const double kept = 2.0 * static_cast<double>(starts) * static_cast<double>(network.parameter_count());
    require_memory(sizeof(double) * (under_way * (kHessians * order * order + preactivations) + kept),
                   named + "a search among" + of + " (the Hessian and its copies for each of " +
                       std::to_string(std::min<Size>(starts, threads)) + " starts at a time, " +
                       std::to_string(starts) + " starts)",
                   "; fewer neurons, starts or threads are expected");
}

void require_starts(const tepui_context& context, const tepui_dataset& dataset, const Layout& network,
                    const Activation& activation) {
    require_search(dataset.value, network, activation, context.options.solve_starts,
                   resolved_threads(context));
}

// Random starts of networks like this one.
tepui_solution* searched(tepui_context& context, const tepui_dataset& dataset, const Network& prototype) {
    return made(solve(dataset.unit(), prototype, context.options.solve(), execution(context)),
                dataset.scale());
}

// One start seen as a run of starts.
SolveResult as_result(StartReport&& start) {
    SolveResult result;
    if (start.outcome == StartOutcome::converged) {
        start.distinct = 0;
        result.points.push_back(DistinctPoint{start.point, start.loss, start.gradient_relative, 1});
    }
    if (start.end) {
        start.distinct_end = 0;
        result.ends.push_back(DistinctEnd{start.end, 1});
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
    return guarded_together(context, "tepui_solve", [&](Together& together) {
        require_pointer(dataset, "dataset");
        require_plain(*dataset);
        require_pointer(activation, "activation");
        require_size(m, 1, "m");
        require_pointer(solution, "solution");
        const Layout layout{m, dataset->value.inputs()};
        require_starts(*context, *dataset, layout, activation->value);
        const Network prototype(activation->value, layout);
        together.about(*dataset, &prototype);
        together.give(searched(*context, *dataset, prototype), solution);
    });
}

tepui_status tepui_solve_like(tepui_context* context, const tepui_dataset* dataset,
                              const tepui_network* network, tepui_solution** solution) {
    return guarded_together(context, "tepui_solve_like", [&](Together& together) {
        require_pair(dataset, network);
        require_size(network->value.width, 1, "the number of neurons");
        require_pointer(solution, "solution");
        require_starts(*context, *dataset, network->value, network->value.activation);
        together.about(*dataset, &network->value);
        together.give(searched(*context, *dataset, network->value), solution);
    });
}

tepui_status tepui_solve_from(tepui_context* context, const tepui_dataset* dataset,
                              const tepui_network* network, tepui_solution** solution) {
    return guarded_together(context, "tepui_solve_from", [&](Together& together) {
        require_pair(dataset, network);
        require_size(network->value.width, 1, "the number of neurons");
        require_pointer(solution, "solution");
        require_search(dataset->value, network->value, network->value.activation, 1, 1);
        together.about(*dataset, &network->value);
        InputReport inputs;
        SolveResult result = as_result(solve_from(dataset->unit(), at_unit_scale(*network, *dataset),
                                                  context->options.solve(), execution(*context), &inputs));
        result.inputs = std::move(inputs);
        together.give(made(std::move(result), dataset->scale()), solution);
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

int64_t tepui_solution_starts(const tepui_solution* solution) {
    return solution == nullptr ? 0 : static_cast<int64_t>(solution->endings.size());
}

const tepui_network* tepui_solution_start_point(const tepui_solution* solution, int64_t index) {
    return solution == nullptr ? nullptr : item_at(solution->endings, index);
}

tepui_status tepui_solution_report(tepui_context* context, const tepui_solution* solution,
                                   const tepui_report** report) {
    return report_of(context, solution, "solution", report, [](const tepui_solution& one) {
        return solution_report(one.value, networks_of(one.points));
    });
}

}  // extern "C"
