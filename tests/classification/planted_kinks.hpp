// Points of ReLU-like networks with known directional derivatives (MATH.md section 9), no training: inputs, W
// and a are drawn, some inputs are moved onto kinks, the residual is taken from the solutions of the linear
// conditions that are wanted, and the targets are f - r.
#pragma once

#include <optional>
#include <vector>

#include "core/random.hpp"
#include "network/data/dataset.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

enum class Plant {
    minimum,     // a_i D_i >= 0, the slope inside what the kinks hold
    steep,       // psi_i = 0 but the slope is more than the kinks hold: not stationary
    reversed,    // psi_i = 0 but a_i r_k < 0 on a kink: not stationary
    escape,      // a_i = 0, psi_i = 0, D_i not zero
    silent,      // a_i = 0, D_i = 0
    dead,        // a relu neuron off for every sample, any a_i (other activations: as minimum without kinks)
    origin,      // w_i = 0: every sample at its kink; a_i != 0, nothing is planted of a_i D_i
    idle_origin  // the same with a_i = 0
};

struct PlantedKinks {
    Size samples = 0, inputs = 0;
    std::vector<double> x, targets, weights;
    Network network;
    KinkSets kinks;
    std::vector<Plant> plants;

    Dataset dataset() const {
        DatasetSource source;
        source.samples = samples;
        source.features = inputs;
        source.x = x.data();
        source.ldx = inputs;
        source.targets = targets.data();
        source.weights = weights.data();
        return Dataset(source, false, false, LossScaling::sum);
    }
};

struct PlantedKinksOptions {
    Activation activation{ActivationKind::relu};
    Size inputs = 3;
    std::vector<Plant> plants;
    Size kinks_per_neuron = 1;  // of neurons that have any; as many as inputs or more depend on each other
    Size repeated = 0;          // of these kinks as many are multiples of the first
    Size samples = 0;           // 0: enough for all conditions
    std::uint64_t seed = 1;
};
// Empty when the signs drawn do not fit.
std::optional<PlantedKinks> plant_kinks(const PlantedKinksOptions& options);

// Several outputs made of one: output j has output weights alpha_j a_i and residuals rho_j r_k, so that D_ji
// = rho_j D_i and S_i = (sum alpha_j rho_j) a_i D_i.
std::vector<PlantedKinks> outputs_of(const PlantedKinks& planted, const std::vector<double>& alpha,
                                     const std::vector<double>& rho);

// Such outputs, of the same inputs, weights and hidden weights, as one network and its data of the squared
// loss.
struct JoinedOutputs {
    Size samples = 0;
    std::vector<double> x, targets, weights;
    Network network;

    JoinedOutputs(const std::vector<PlantedKinks>& outputs, bool biased);
    Dataset dataset() const;
};

// L(to) - L(from) by plain long double sums, samples of the kink sets starting at w . x = 0 exactly.
long double exact_change(const PlantedKinks& planted, const std::vector<long double>& step);
// a_i D_i(v) and D_i(v) likewise, straight from the definition.
long double exact_derivative(const PlantedKinks& planted, Size neuron, const std::vector<double>& v);

}  // namespace tepui::test
