// What a network has beside its neurons, output biases and skip connections, when the neurons become others.
#pragma once

#include "network/model/network.hpp"

namespace tepui {

// Parameters before those beside the neurons: hidden and output weights.
inline Size neuron_parameters(const Layout& layout) noexcept {
    return layout.width * (layout.inputs + layout.output_count);
}
inline Size parameters_beside(const Layout& layout) noexcept {
    return layout.parameter_count() - neuron_parameters(layout);
}

// So many neurons, their weights zero, with the activation and what is beside the neurons of another network.
Network with_neurons(const Network& like, Size width);

}  // namespace tepui
