// Neurons of a ReLU-like network that carry some of its output, and where they keep their size.
#pragma once

#include <vector>

#include "network/model/network.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// |a_i|, Euclidean over the outputs.
double output_length(const Network& network, Size i);
bool carries(const InputMetric& metric, const Network& network, Size i);
void copy_neuron(const Network& from, Size neuron, Network& to, Size place);
// The network of these neurons alone, with what is beside them.
Network selected(const Network& network, const std::vector<Size>& neurons);
// Under decay, what a neuron without output ends as: w = 0, a = 0, but for a bias that decay leaves alone:
// with that it is away from its kink on every sample, relu switched off.
void switch_off(const SolveSetting& setting, Network& network, Size neuron);
// Moves the size of each neuron between w and a by a power of two: exact, and the same function.
void balance(const InputMetric& metric, Network& network);
// Takes what all outputs share from the coefficients of every feature.
void share_nothing(Network& network);
// Of one output. Its weights become +-2^k, so that balance rounds nothing.
void make_outputs_powers(Network& network);

}  // namespace tepui
