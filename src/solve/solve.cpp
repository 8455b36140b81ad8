#include "solve/solve.hpp"

#include <algorithm>

#include "solve/distinct_points.hpp"
#include "solve/ends/approach_path.hpp"
#include "solve/ends/given_end.hpp"
#include "solve/one_start.hpp"
#include "solve/settled.hpp"
#include "solve/start_queue.hpp"

namespace tepui {
namespace {

// Directions of the inputs with a smaller relative singular value have a curvature below rounding.
constexpr double kUnresolved = 0x1p-26;

void check(const SolveOptions& options, bool many) {
    const auto refuse = [](const std::string& name, const std::string& value, const char* expected) {
        throw Error(Status::invalid_value, name + " is " + value + ", expected " + expected);
    };
    if (options.target != SolveTarget::minimum && options.target != SolveTarget::stationary) {
        refuse("target", std::to_string(static_cast<int>(options.target)), "minimum (1) or stationary (2)");
    }
    if (many && options.starts < 1) refuse("starts", std::to_string(options.starts), "at least 1");
    if (options.max_iterations < 0)
        refuse("max_iterations", std::to_string(options.max_iterations), "at least 0");
    if (!(options.gradient_tolerance >= 0.0 && options.gradient_tolerance < 1.0)) {
        refuse("gradient_tolerance", std::to_string(options.gradient_tolerance), "a number in [0, 1)");
    }
    if (!(options.divergence_factor > 1.0)) {
        refuse("divergence_factor", std::to_string(options.divergence_factor), "more than 1");
    }
}

}  // namespace

void require_searchable(const Dataset& data, const Network& network) {
    const auto count = [](Size number) { return std::to_string(number); };
    if (network.inputs != data.inputs()) {
        throw Error(Status::invalid_size, "the network has " + count(network.inputs) +
                                              " inputs, expected those of the data, " + count(data.inputs()));
    }
    if (network.output_count != data.outputs()) {
        throw Error(Status::invalid_size, "the network has " + count(network.output_count) +
                                              " outputs, expected one a target of a sample, " +
                                              count(data.outputs()));
    }
    bool kinks = network.activation.piecewise_linear() && network.unit_activations.empty();
    for (const Activation& activation : network.unit_activations)
        kinks = kinks || activation.piecewise_linear();
    if (!kinks) return;
    if (!network.unit_activations.empty() || !data.loss().convex()) {
        throw Error(
            Status::unsupported,
            "the network has ReLU-like neurons, whose searches take one activation for all neurons and a "
            "convex loss");
    }
    // sigma(c z) = c sigma(z): (c w, a / c) is the same network.
    const Decay& decay = data.decay();
    const bool hidden = decay.weights > 0.0 || decay.hidden_biases > 0.0;
    if (hidden != (decay.outputs > 0.0)) {
        throw Error(Status::unsupported,
                    std::string("weight decay of the ") +
                        (decay.weights > 0.0 ? "hidden weights"
                         : hidden            ? "hidden biases"
                                             : "output weights") +
                        " alone holds no ReLU-like neuron, whose size moves to its " +
                        (hidden ? "output" : "hidden") +
                        " weights: its least loss is that without decay and never reached; expected decay of "
                        "both, or of neither");
    }
}

StartReport solve_from(const Dataset& data, const Network& start, const SolveOptions& options,
                       const Execution& execution, InputReport* inputs) {
    check(options, false);
    require_searchable(data, start);
    const SearchSpace space(data, start, SearchSpace::rounding(data), execution);
    if (inputs != nullptr) *inputs = space.report();
    Execution inner;
    inner.threads = execution.threads;
    const SolveSetting setting{&space.data(), &space.metric(), &options, inner,
                               [&] { return execution.report(kSolving, 0.0); }};
    return settled(space, options, run_start(setting, space.inward(start)), inner);
}

SolveResult solve(const Dataset& data, const Network& prototype, const SolveOptions& options,
                  const Execution& execution) {
    check(options, true);
    if (prototype.width < 1)
        throw Error(Status::invalid_size,
                    "width is " + std::to_string(prototype.width) + ", expected at least 1");
    require_searchable(data, prototype);
    const SearchSpace space(data, prototype, std::max(kUnresolved, SearchSpace::rounding(data)), execution);
    SolveResult result;
    result.inputs = space.report();
    FinishedStarts finished = run_starts(space, prototype, options, execution);
    result.starts = std::move(finished.reports);
    result.points = distinct_points(space, options, finished.inside, result.starts);
    result.ends = distinct_ends(data, result.starts);
    for (DistinctEnd& end : result.ends) end.path = approach_path(data, *end.end, {execution.threads});
    return result;
}

SolveResult solve(const Dataset& data, const Activation& activation, Size width, const SolveOptions& options,
                  const Execution& execution) {
    return solve(data, Network(activation, width, data.inputs()), options, execution);
}

}  // namespace tepui
