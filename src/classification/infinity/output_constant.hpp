// Where a limit network has a constant of its outputs beside its units: in the output bias, or in the skip
// connection of a constant last input.
#pragma once

#include "classification/infinity/boundary_network.hpp"

namespace tepui {

inline bool adds_constants(const BoundaryNetwork& limit) noexcept {
    return limit.output_bias || (limit.skip && limit.bias_value != 0.0);
}

// The network adds constants.
inline void add_constant(BoundaryNetwork& limit, Size o, double value) {
    if (limit.output_bias)
        limit.parameters[limit.rest_at() + o] += value;
    else
        limit.parameters[limit.skip_at() + (o + 1) * limit.inputs - 1] += value / limit.bias_value;
}

}  // namespace tepui
