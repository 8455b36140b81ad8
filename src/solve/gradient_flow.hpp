// Gradient flow of ReLU-like networks from small weights, recorded: the loss curve and the network along it.
#pragma once

#include <cstdint>
#include <vector>

#include "network/derivatives/objective.hpp"
#include "vocabulary/solve.hpp"

namespace tepui {

struct FlowOptions {
    double initial_scale =
        1e-6;  // of every neuron: w_i is this times a normal vector / sqrt(d), |a_i| = |w_i|
    std::uint64_t seed = 1;
    Size max_steps = 50000;
};

struct FlowPoint {
    Size step = 0;
    double time = 0.0;  // sum of the step lengths
    double loss = 0.0;
};

struct FlowRecord {
    std::vector<FlowPoint> curve;   // where something has changed; the first and the last point among them
    std::vector<Network> networks;  // at the same points
    FlowEnd end = FlowEnd::at_rest;
};

// The balanced start of a network like this one: |a|^2 = |w|^2 of every neuron, which gradient flow of a
// ReLU-like network keeps where nothing decays, and nothing beside the neurons.
Network small_network(const Network& like, double scale, std::uint64_t seed);

// d theta / dt = -grad L of a network of ReLU-like neurons, of any layout, by Euler steps, sliding along
// kinks where both sides push at them: no step moves a neuron by more than a twentieth of its own length nor
// raises the loss.
FlowRecord gradient_flow(const Dataset& data, const Network& start, const FlowOptions& options,
                         const Execution& execution);

}  // namespace tepui
