// Weight vectors in coordinates where the Euclidean length is what a network makes of them: the root mean
// square preactivation over the samples, or the plain length without samples.
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

struct SeenWeights {
    Size inputs = 0;
    std::vector<double> coordinates;  // [width][inputs]: R w of network/inputs/input_factor.hpp, or w
    std::vector<double> lengths;      // [width]
    // [width]: what rounding of R w may amount to where inputs cancel; 0 without samples.
    std::vector<double> rounding;
    // What zero is measured by: the largest length, but no more than a preactivation of 1, where activations
    // begin to bend.
    double unit = 0.0;

    const double* of(Size i) const noexcept { return coordinates.data() + i * inputs; }
};

// data null: plain weights. Throws Error(numeric) when a length overflows.
SeenWeights see_weights(const Network& network, const Dataset* data, const Execution& execution);

}  // namespace tepui
