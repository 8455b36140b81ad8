// The limit of a network whose neurons grow (growing_neurons.hpp), on all samples or on those that are left.
#pragma once

#include "classification/infinity/boundary_network.hpp"
#include "solve/ends/growing_neurons.hpp"
#include "solve/ends/remaining_data.hpp"

namespace tepui {

// Neurons that do not grow, in their order.
std::vector<Size> others_of(const Network& network, const GrowingNeurons& growing);
// Without the neurons that grow, which are the constant of their tails in what is left.
Network without(const Network& network, const GrowingNeurons& growing, const std::vector<Size>& others);
// The limit with the growing neurons as steps and ramps behind its units, their output weights those of the
// network. Nothing where a sample lies on a hyperplane.
std::optional<BoundaryNetwork> with_growing(BoundaryNetwork limit, const SampleInputs& inputs,
                                            const Network& network, const GrowingNeurons& growing);
// The motion of the output layer along which these units grow: their coefficients, and in the output bias
// what takes their tails away.
std::vector<double> motion_of(const BoundaryNetwork& limit, const GrowingNeurons& growing);
// Inputs of the samples that count and that this neuron tells apart and no other growing one can.
Matrix told_apart_alone(const Dataset& data, const SampleInputs& inputs, const Network& network,
                        const std::vector<Size>& labels, const GrowingNeurons& growing, std::size_t neuron);

}  // namespace tepui
