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

// w = 0, a = 0.
inline void clear_neuron(Network& network, Size neuron) {
    for (Size j = 0; j < network.inputs; ++j) network.weights(neuron)[j] = 0.0;
    for (Size o = 0; o < network.output_count; ++o) network.output(neuron, o) = 0.0;
}

// b + value a_i: a constant that the neuron gives, or no longer gives, in the output bias. Networks without
// one stay.
inline void add_to_output_bias(Network& network, Size neuron, double value) {
    for (Size o = 0; o < network.output_count && network.output_bias; ++o)
        network.parameters[network.coefficient(network.width, o)] += value * network.output(neuron, o);
}

}  // namespace tepui
