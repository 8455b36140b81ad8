// Neurons of a ReLU-like network that carry some of its output, and where they keep their size.
#pragma once

#include <vector>

#include "network/model/network.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

bool carries(const InputMetric& metric, const Network& network, Size i);
// The network of these neurons alone.
Network selected(const Network& network, const std::vector<Size>& neurons);
// Moves the size of each neuron between w and a by a power of two: exact, and the same function.
void balance(const InputMetric& metric, Network& network);
// Output weights +-2^k, so that balance rounds nothing.
void make_outputs_powers(Network& network);

}  // namespace tepui
