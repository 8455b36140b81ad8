// The neurons of a layer of any network at a stationary point of the whole: what splitting each of them does,
// from the layer's inputs h_k, the gradient g_k of the loss by what the layer sends out, and its own weights
// (MATH.md section 14). The rest of the network need not be known: earlier and later layers move in the
// narrow directions alone.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "classification/layer/neuron_shape.hpp"
#include "classification/layer/null_directions.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "splitting/split.hpp"

namespace tepui {

// What is known of the whole network's point before any split.
struct NarrowPoint {
    Verdict verdict = Verdict::undetermined;
    // Its Hessian is positive definite but for directions along which every Psi_i stays what it is.
    bool definite = false;
    std::optional<IndexBounds> index;
};

// What a plateau's splits are, region by region.
struct SplitPlateau {
    PlateauType type = PlateauType::undetermined;
    Rule rule = Rule::zero_inner_hessian;
    GammaRegion minima = GammaRegion::none;
    GammaRegion saddles = GammaRegion::none;
};
struct LayerNeuron {
    NeuronShape shape;
    Definiteness definiteness = Definiteness::zero;  // of H_i on the kernel of Psi_i^T
    SplitPlateau plateau;
    // A direction of weights along which Psi_i is largest, Psi_i^T v, v^T H_i v; empty where Psi_i may be
    // zero. In the layer's own inputs, as are those of shape.inner.
    std::vector<double> v, slopes;
    double curvature = 0.0;
    double slope_share = 1.0;           // of Psi_i^T v, in the absolute terms of its sums
    std::optional<NullDirection> null;  // where it makes a saddle of every split
};

// idle: idle_outputs() of the samples. constant: the constant is a combination of the inputs. errors.other is
// set here.
LayerNeuron judge_neuron(const NeuronSums& sums, const NeuronSums* other, const Network& layer, Size neuron,
                         const Matrix& idle, bool constant, SumErrors errors, const NarrowPoint& narrow);
// Third order, where second leaves splits open.
void look_along_null_vectors(NullDirections& directions, Size neuron, LayerNeuron& one);
// Whether judge_neuron asks for it: for exp, whose sums shift.
bool asks_for_constant(const Network& layer);

struct LayerReport {
    explicit LayerReport(Network layer_) : layer(std::move(layer_)) {}

    Network layer;
    Size samples = 0;
    Size rank = 0;          // of the inputs: what weights do beyond it does not matter
    Size idle_outputs = 0;  // dimension of what every g_k is orthogonal to
    double gradient_norm = 0.0, gradient_relative = 0.0, stationarity_tolerance = 0.0;  // of this layer
    bool stationary = false;
    bool decayed = false;  // weight decay: splits are not stationary, and none is judged
    bool kink = false;     // the loss may not be twice differentiable here: nor is any
    NarrowPoint narrow;
    std::vector<LayerNeuron> neurons;  // none where it is not stationary
};

// Samples h with targets g (loss: linear_loss()) and the layer's weights.
struct LayerPoint {
    const Dataset& data;
    const Network& layer;
};
// other: the same layer where it is nearer to the stationary point, or as near; what differs between the two
// is not known. Null: none.
LayerReport inspect_layer(const LayerPoint& point, const LayerPoint* other, const NarrowPoint& narrow,
                          const Tolerances& tolerances, bool exact_zeros, const Execution& execution);

// Throws Error(not_stationary) when the layer is not, Error(unsupported) under weight decay and
// at a kink.
void require_stationary(const LayerReport& report);

struct LayerSplit {
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::zero_inner_hessian;
    GammaSigns signs;
    IndexBounds added;                 // to index and nullity of the narrow point
    std::optional<IndexBounds> index;  // of the split network, where those are known
};
// Throws Error(not_stationary) when the layer is not stationary.
LayerSplit classify_layer_split(const LayerReport& report, Size neuron, std::span<const double> gamma);
// What a split of a neuron of this shape adds. outputs: K; unseen: d - rank.
IndexBounds added_index(const NeuronShape& shape, const GammaSigns& signs, Size outputs, Size unseen);

// The daughters on a curve along which the loss falls from a saddle: it changes by coefficient epsilon^order
// + higher terms.
struct LayerWayDown {
    Matrix weights, outputs;  // of each daughter: r x d, r x K
    int order = 2;
    double coefficient = 0.0;
};
// Daughters at rest and a coefficient of 0 where the split is no saddle, or one for a reason that lies
// outside of the layer. reach: where they first slide along the plateau for an order above 3, how far weights
// go beside that. Throws Error(not_stationary) when the layer is not stationary.
LayerWayDown layer_way_down(const LayerReport& report, Size neuron, std::span<const double> gamma,
                            double epsilon, double reach = 1.0);

}  // namespace tepui
