// Directional stationary points of ReLU-like networks of any layout under any convex loss (MATH.md section
// 9), no training: inputs and parameters are drawn, some inputs moved onto kinks, the pulls g = dl/df taken
// from the solutions of the linear conditions of stationarity with every kink holding strictly, and the
// targets are those whose pulls they are. The change of the loss and its gradient by plain long double sums.
#pragma once

#include <optional>
#include <vector>

#include "core/random.hpp"
#include "network/data/dataset.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

// How the first kink of the first neuron holds it.
enum class Hold {
    strictly,
    one_sided,  // S = 0 on one side of it
    not_at_all  // S has no kink there, but some D_o has
};

struct PlantedFacesOptions {
    const Loss* loss = &squared_loss();  // pseudo-Huber: delta = 1
    Activation activation{ActivationKind::relu};
    Size width = 2, inputs = 3, outputs = 2;
    bool bias = false, skip = false;
    Size kinks_per_neuron = 1;
    bool idle =
        false;  // the last neuron has no output weights: an escape neuron; with decay no weights at all
    bool dead = false;       // the last neuron is off for every sample; with decay by its bias
    bool deficient = false;  // the last input is a multiple of the one before
    Hold hold = Hold::strictly;
    double pull = 0.5;  // of the largest pulls that the loss has targets for
    double output_size = 1.0;
    Decay decay;              // in the ratios of these numbers
    double pulled = 1.0;      // how much of the decay beside the random part of the pulls
    bool bias_input = false;  // the last input is 1
    // With decay: the last neuron has a bias and nothing else; is a daughter of the first one.
    bool bare = false, daughter = false;
    std::uint64_t seed = 1;
};

struct PlantedFaces {
    PlantedFacesOptions options;
    Size samples = 0;
    std::vector<double> x, targets, weights;
    Network network;
    KinkSets kinks;
    Decay decay = {};

    Dataset dataset() const;
    // L(theta + step) - L(theta), decay included, samples of kink sets starting at w . x = 0 exactly.
    long double change(const std::vector<long double>& step) const;
    long double rounding() const;  // what it may be wrong by
    // Its gradient there, of a step on the faces: what kinks would add is left out.
    std::vector<long double> gradient(const std::vector<long double>& step) const;
    // The nearest step on the faces.
    void put_on_faces(std::vector<long double>& step) const;
};
// Empty when the signs drawn do not fit.
std::optional<PlantedFaces> plant_faces(const PlantedFacesOptions& options);

}  // namespace tepui::test
