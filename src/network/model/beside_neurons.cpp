#include "network/model/beside_neurons.hpp"

#include <algorithm>

namespace tepui {

Network with_neurons(const Network& like, Size width) {
    Layout layout = like;
    layout.width = width;
    Network network(like.activation, layout);
    std::copy_n(like.parameters.data() + neuron_parameters(like), parameters_beside(like),
                network.parameters.data() + neuron_parameters(layout));
    return network;
}

}  // namespace tepui
