// The verdict on a stationary point of a network of any layout, loss and decay, on its neurons and on splits
// of them (MATH.md sections 14, 15): the inputs in their row space, daughters of one neuron merged, the
// Hessian of what is left with its gauges divided out, then the layer theory of each neuron.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "classification/escape/witness.hpp"
#include "classification/layer/layer.hpp"
#include "classification/spectrum/hessian_search.hpp"
#include "vocabulary/methods.hpp"

namespace tepui {

// Neurons of equal weights (up to mirror images) whose output vectors are multiples of their sum: a
// neuron alone, or the daughters of one.
struct DaughterGroup {
    std::vector<Size> members;  // ascending
    std::vector<double> gamma;  // of each, in the order of the members
    std::vector<int> signs;     // of each: 1, or -1 where it is the mirror image of a daughter
};

struct ModelReport {
    explicit ModelReport(Network network_)
        : network(network_), narrow(std::move(network_)), layer(std::make_shared<LayerReport>(narrow)) {}

    Network network;  // as given
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::degenerate_hessian;
    bool strict = false, global = false;
    double loss = 0.0;
    double gradient_norm = 0.0, gradient_relative = 0.0, stationarity_tolerance = 0.0;
    Size rank = 0;                            // of the inputs; all of them where weights decay
    Size data_nullity = 0;                    // parameters that no sample sees
    bool decayed = false;                     // a split of a neuron is not stationary
    std::vector<DaughterGroup> groups;        // one for each neuron of the narrow network
    Network narrow;                           // of distinct neurons, in the given inputs
    SpectralReport hessian;                   // of the narrow network on the space of the inputs
    std::optional<HessianEvidence> evidence;  // where it was judged by products alone
    // Another narrow network that may be the stationary point, in the given inputs, if there is one; or none
    // that can be evaluated (uncertainty.hpp).
    std::optional<Network> corrected;
    bool corrected_failed = false;
    Size explained_zeros = 0;            // of it: gauges
    IndexBounds index;                   // of the given network
    std::shared_ptr<LayerReport> layer;  // its neurons; none where not stationary or decayed
    // Of the narrow network, in the given inputs: a direction of negative curvature; empty where it has none.
    std::vector<double> narrow_descent;
    std::optional<Witness> witness;  // for a saddle, in the given parameters
};
// scope: complete, or the neurons alone, without the Hessian of the point (MATH.md section 14: a layer).
// method: how the Hessian is judged; automatic: by products where there are many parameters.
ModelReport classify_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                           bool exact_zeros, const Execution& execution,
                           AnalysisScope scope = AnalysisScope::complete,
                           HessianMethod method = HessianMethod::automatic);
// The same of the network in which neurons of the narrow network of this verdict are split, the daughters of
// each in its place. Of the same data. Throws Error(not_stationary) and Error(unsupported) as
// classify_layer_split, Error(invalid_size / invalid_value) for a neuron out of range or split twice, or a
// bad gamma.
ModelReport classify_model_splits(const Dataset& data, const ModelReport& point,
                                  std::span<const NeuronSplit> splits, const Execution& execution);

// ---- Steps, one file each ----

// The daughters of each neuron of the given network, and the network of their parents.
struct MergedDaughters {
    Network narrow;
    std::vector<DaughterGroup> groups;
};
MergedDaughters merge_daughters(const Network& network, double tolerance);
// Turns mirror images as their parents are, or back: the function stays.
void turn_mirrored(const std::vector<DaughterGroup>& groups, Network& network);

// The neurons by themselves, as those of a layer.
void judge_neurons_alone(const Dataset& data, const Tolerances& tolerances, bool exact_zeros,
                         const Execution& execution, ModelReport& report);

// What the groups make of verdict and index of the narrow network.
void judge_groups(ModelReport& report);
// Fills in the way down of a saddle where one is found.
void find_way_down(const Dataset& data, ModelReport& report, const Execution& execution);

// Independent motions that leave the loss as it is, and how many: so many zero eigenvalues the Hessian has at
// every stationary point like this one.
std::vector<Motion> gauge_motions(const Dataset& data, const Network& network);
Size gauge_dimension(const Dataset& data, const Network& network);

// Fills epsilon, predicted, measured, measured_error and point by the loss's own difference: the largest
// proven fall along the curve.
void measure_fall(const Dataset& data, Witness& witness, const Execution& execution);

}  // namespace tepui
