// What adds a constant to the outputs of a network beside its neurons: the output bias, or the skip
// connections of a bias input.
#pragma once

#include "network/model/network.hpp"

namespace tepui {

// The feature that is 1 in every sample: of the output bias, or where there is none of the skip connections
// of a bias input (bias: the last input is one). -1: none.
inline Size constant_feature(const Layout& layout, bool bias) noexcept {
    if (layout.output_bias) return layout.width;
    return layout.skip && bias ? layout.features() - 1 : -1;
}

// A constant that the neuron gives, or no longer gives, in the coefficients of that feature: b + value a_i.
// Networks without one stay.
inline void add_to_constant(Network& network, Size neuron, double value, bool bias) {
    const Size feature = constant_feature(network, bias);
    for (Size o = 0; feature >= 0 && o < network.output_count; ++o)
        network.parameters[network.coefficient(feature, o)] += value * network.output(neuron, o);
}

}  // namespace tepui
