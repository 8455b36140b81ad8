// Neurons under weight decay whose bias, which does not decay, runs to where sigma(z) - z is constant. The
// limit is a network at finite weights in which they are the identity, and the output bias has what they add
// (MATH.md section 13, weight decay).
#pragma once

#include "classification/infinity/boundary_network.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

// Whether hidden and output biases are there and do not decay.
bool biases_run_free(const Dataset& data, const Network& network);

// Neurons with an asymptote whose preactivations are at least so large, and on the mean.
struct FarOut {
    double least, mean;
};
std::vector<Size> far_to_the_right(const Dataset& data, const Network& network, const FarOut& far);

// The limit in which these neurons are the identity, without biases.
Network with_identities(const Network& network, const std::vector<Size>& neurons);

// What these identities do, by as few of them as can, and with the least decay: the singular vectors of sum
// a_i w_i^T, a turn of the neurons into one another where decay is as small as it can be already. The rest
// are 0.
void turn_to_fewest(const Decay& decay, const std::vector<Size>& neurons, Network& network);

// Of a network of that kind: identities without weights are neurons like those of `like` again; biases of the
// others are in the output bias. Which neurons are identities still.
std::vector<Size> settle_identities(const Network& like, const std::vector<Size>& neurons, Network& network);

// The same network as a limit, its identities neurons of `like`.
BoundaryNetwork as_asymptotes(const Network& like, const std::vector<Size>& neurons, const Network& network);

}  // namespace tepui
