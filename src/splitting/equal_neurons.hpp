// Which neurons of a network have the same weights, up to the sign that mirror images make immaterial
// (MATH.md section 7).
#pragma once

#include <vector>

#include "splitting/seen_weights.hpp"

namespace tepui {

struct EqualNeurons {
    std::vector<Size> members;  // ascending
    std::vector<int> signs;     // of each member's weights relative to the first one's
    bool zero = false;          // their weights are zero
};

// Chains of near-equals hold together: neuron 1 is equal to 3 where both are equal to 2, so a group of q
// neurons may be as wide as q - 1 tolerances. In the order of first members; every neuron is in one group.
// Costs width^2 comparisons of two numbers at worst, and one of two weight vectors for each near pair.
// mirrored: weights that are opposite count as equal. Throws Error(cancelled) when the listener wants to
// stop.
std::vector<EqualNeurons> equal_neurons(const SeenWeights& weights, bool mirrored, double tolerance,
                                        const Execution& execution);

}  // namespace tepui
