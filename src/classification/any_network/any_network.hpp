// The verdict on a stationary point of any smooth network, however wide and redundant, on any data (MATH.md
// sections 4, 7, 8): samples fitted through directions of their own are set apart, the inputs are taken in
// their row space, the network is reduced, the reduced point is analysed, and what the theorems say of each
// group of equal neurons makes one verdict.
#pragma once

#include <memory>

#include "classification/any_network/fitted_samples.hpp"
#include "classification/any_network/grouping.hpp"
#include "classification/point/analysis.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/point_on_data.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

// What one group of neurons contributes to the verdict.
struct GroupReport {
    Verdict verdict = Verdict::undetermined;  // local_minimum: the group leaves a minimum what it is
    Rule rule = Rule::degenerate_hessian;
    // Of the parent's inner Hessian; of Hess psi at the weights of a group without a parent. Zeros at zero
    // loss.
    Inertia inertia;
    bool counted = true;  // false: proven indefinite without counting, inertia holds lower bounds
};

struct NetworkReport {
    explicit NetworkReport(Network network_) : network(std::move(network_)), grouping{network, {}, 0} {}

    Network network;
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::degenerate_hessian;
    bool strict = false;
    bool least = false;   // no network nearby, of any width, has a smaller loss
    bool global = false;  // zero loss
    double loss = 0.0;
    double gradient_norm = 0.0, gradient_relative = 0.0, stationarity_tolerance = 0.0;
    InputSpace space;                             // of all samples
    std::shared_ptr<const FittedSamples> fitted;  // set apart; null: none
    // The data that are analysed, in coordinates of the space that they span; none where these are the given
    // ones.
    std::optional<Dataset> projected;
    SymmetryGauge gauge;                              // in which the grouping's weights are
    double weight_spread = 0.0, output_spread = 0.0;  // of the reduction
    Grouping grouping;                                // in these coordinates
    std::optional<Analysis> narrow;   // of the narrow network, on `projected` where there is one; empty when
                                      // the point is not stationary or every neuron adds nothing
    std::vector<GroupReport> groups;  // as in the grouping; empty when not stationary
    // Of the Hessian of the given network, in closed form (MATH.md section 4); the nullity with the data's.
    IndexBounds index;
    Size data_nullity = 0;           // width x (inputs - rank): what the data cannot see
    std::optional<Witness> witness;  // for a saddle, in the parameters of the given network, where asked for

    const InputSpace& analysed_space() const { return fitted ? fitted->rest : space; }
};
NetworkReport classify_network(const Dataset& data, const Network& network, const Tolerances& tolerances,
                               const ReductionTolerances& reduction, const Execution& execution,
                               const AnalysisOptions& options = {});

// A network of the analysed coordinates whose neuron i stands for neuron parents[i] of the narrow one (a
// split of it, or where a way down leads), in the inputs of the given network: the same function of the
// samples that are not set apart. Where samples were set apart it has, in the directions that only these see,
// the weights of a member of each group, moved so that they are fitted if that can be.
struct Lifted {
    Network network;
    bool fitted;  // the samples set apart are
};
Lifted in_given_inputs(const NetworkReport& report, Network network, std::span<const Size> parents);

// The narrow network so.
Network narrow_in_given_inputs(const NetworkReport& report);

// The verdict on each of these splits alone. The analysis must be of the same data. Throws
// Error(not_stationary) when its point is not stationary, Error(invalid_size / invalid_value) for a neuron
// out of range or a bad gamma.
std::vector<SplitReport> classify_each_split(const Dataset& data, const Analysis& analysis,
                                             std::span<const NeuronSplit> splits, const Execution& execution,
                                             WaysDown ways_down);
std::vector<SplitReport> classify_each_split(const PointOnData& context, const Analysis& analysis,
                                             std::span<const NeuronSplit> splits, WaysDown ways_down);

// The verdict on splitting several neurons at once (MATH.md section 4), the daughters of each in its place;
// signs: of all coefficients together. parts: what each split alone would give.
struct SplitsReport {
    SplitReport whole;
    std::vector<SplitVerdict> parts;
};
// The analysis must be of the same data. Throws Error(not_stationary) when its point is not stationary.
SplitsReport classify_splits(const Dataset& data, const Analysis& analysis,
                             std::span<const NeuronSplit> splits, const Execution& execution,
                             WaysDown ways_down = WaysDown::all);

}  // namespace tepui
