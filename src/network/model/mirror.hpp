// The neuron of opposite weights that does the same as another, by the activation and by what the network has
// beside its neurons (MATH.md section 7).
#pragma once

#include <optional>

#include "network/model/network.hpp"

namespace tepui {

// sigma(-z) = output sigma(z) + constant + slope z
struct Mirror {
    double output = 1.0;  // 1 or -1
    double constant = 0.0, slope = 0.0;
};

// Of odd and even activations; of sigmoid and normal_cdf (sigma(-z) = 1 - sigma(z)) where output biases take
// the constant; of softplus, gelu, gelu_tanh, silu, relu and leaky_relu (sigma(z) less a multiple of z) where
// skip connections take it. Empty: a neuron has no mirror image in such a network.
std::optional<Mirror> mirror_of(const Activation& activation, const Layout& layout);

// Adds `times` what a neuron (-w, a) does beyond (w, output a) to the network's output biases and skip
// connections: constant a + slope a (w . x).
void add_beyond_mirror(const Mirror& mirror, const double* w, const double* a, double times,
                       Network& network);

// Neuron i becomes its mirror image, which it must have, and what is beside the neurons takes the rest: the
// same function. Twice is nothing, but for rounding.
void turn_over(Size i, Network& network);

}  // namespace tepui
