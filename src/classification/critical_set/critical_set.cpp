#include "classification/critical_set/critical_set.hpp"

#include "classification/critical_set/branch_content.hpp"
#include "classification/critical_set/map_branches.hpp"
#include "classification/point/cost_model.hpp"
#include "network/model/mirror.hpp"

namespace tepui {
namespace {

void check(const NetworkReport& minimal, Size wide_width) {
    const Size r = minimal.grouping.narrow.width;
    if (minimal.verdict == Verdict::not_stationary) {
        throw Error(Status::not_stationary, "the network is not stationary (relative gradient " +
                                                std::to_string(minimal.gradient_relative) + ", at most " +
                                                std::to_string(minimal.stationarity_tolerance) +
                                                " expected): it has no critical set");
    }
    if (r == 0) {
        throw Error(Status::invalid_value,
                    "no neuron of the network contributes to its function: there is nothing to repeat");
    }
    if (wide_width < r || wide_width > kMostCounted) {
        throw Error(Status::invalid_size, "the wide width m is " + std::to_string(wide_width) +
                                              ", a number from " + std::to_string(r) +
                                              " (the neurons that the network reduces to) to " +
                                              std::to_string(kMostCounted) + " is expected");
    }
}

CriticalSet minimal_of_one_output(const Dataset& data, const Network& network, const Tolerances& tolerances,
                                  const ReductionTolerances& reduction, const Execution& execution) {
    AnalysisOptions how;
    how.ways_down = WaysDown::needed;  // those of the samples are shown
    return CriticalSet(classify_network(data, network, tolerances, reduction, execution, how));
}

void take_narrow(CriticalSet& set) {
    const NetworkReport& minimal = set.minimal;
    const PointReport& point = minimal.narrow->point;
    if (!point.hessian.counted) {
        throw Error(Status::unsupported,
                    "the reduced network has " + std::to_string(minimal.grouping.narrow.parameter_count()) +
                        " parameters: the nullity of its Hessian is needed, which is not counted beyond " +
                        std::to_string(kLargestDenseHessian));
    }
    set.verdict = point.verdict;
    set.unclear = point.unclear;
    set.shape.fitted = minimal.fitted ? minimal.fitted->count() : 0;
    set.shape.narrow_nullity = point.hessian.inertia.zero;
    for (const NeuronReport& neuron : minimal.narrow->neurons)
        set.meetings.push_back(meeting_at(neuron.definiteness));
    set.splits = splits_content(*minimal.narrow);
}

// Points of several outputs are judged by their whole Hessian.
void check_parameters(const Network& narrow, Size wide_width, Size samples) {
    const Size each = narrow.inputs + narrow.output_count;
    if (narrow.output_count == 1 || samples == 0 || wide_width <= kLargestDenseHessian / each) return;
    throw Error(Status::unsupported,
                "the wide width m is " + std::to_string(wide_width) + ", at most " +
                    std::to_string(kLargestDenseHessian / each) + " is expected of " +
                    std::to_string(narrow.output_count) +
                    " outputs unless samples is 0: a sample's Hessian is formed, of at most " +
                    std::to_string(kLargestDenseHessian) + " parameters");
}

void check_samples(Size samples, Size branches) {
    if (samples <= kMostSamples / branches) return;
    throw Error(Status::invalid_size, "samples is " + std::to_string(samples) + ", at most " +
                                          std::to_string(kMostSamples / branches) +
                                          " is expected: " + std::to_string(kMostSamples) +
                                          " points of all branches together, of which there are " +
                                          std::to_string(branches));
}

}  // namespace

CriticalSet map_critical_set(const Dataset& data, const Network& network, Size wide_width,
                             const Tolerances& tolerances, const ReductionTolerances& reduction,
                             const CriticalSetOptions& options, const Execution& execution) {
    if (network.activation.traits().smoothness == Smoothness::kink_at_zero) {
        throw Error(Status::unsupported,
                    "activation " + std::string(network.activation.name()) +
                        " has a kink at 0: only points none of whose preactivations is 0 "
                        "are judged, and a critical set goes through others");
    }
    ReductionTolerances merging = reduction;
    merging.mirrors_beside = true;
    CriticalSet set = network.output_count > 1
                          ? minimal_of_outputs(data, network, wide_width, tolerances, merging, execution)
                          : minimal_of_one_output(data, network, tolerances, merging, execution);
    const NetworkReport& minimal = set.minimal;
    check(minimal, wide_width);
    check_samples(options.samples, wide_width - minimal.grouping.narrow.width + 1);
    check_parameters(minimal.grouping.narrow, wide_width, options.samples);
    const Network& narrow = minimal.grouping.narrow;
    set.shape.narrow_width = narrow.width;
    set.shape.wide_width = wide_width;
    set.shape.inputs = narrow.inputs;
    set.shape.unseen = data.inputs() - narrow.inputs;
    if (narrow.skip) set.shape.unseen_skip = set.shape.unseen * narrow.output_count;
    set.shape.mirrored = mirror_of(narrow.activation, narrow).has_value();
    if (minimal.narrow) take_narrow(set);
    const Dataset& inside = minimal.projected ? *minimal.projected : data;
    map_branches(data, inside, tolerances, merging, options, execution, set);
    return set;
}

}  // namespace tepui
