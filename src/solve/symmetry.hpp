// Equality of networks up to neuron permutation and the activation's own symmetry.
#pragma once

#include <functional>

#include "network/model/network.hpp"

namespace tepui {

// How far apart weight vectors and output weights are.
struct NeuronMetric {
    std::function<double(const double* w)> length;  // a norm on R^d
    double output_scale = 1.0;
    // sin with a constant input: adding pi to the preactivation changes the sign. -1: no such input.
    Size constant_input = -1;
    double constant_value = 0.0;
    // Output biases and skip connections are not compared, and take up what a reflection of a neuron adds:
    // sigmoid(-z) = 1 - sigmoid(z), softplus(-z) = softplus(z) - z. For networks of equal outputs only.
    bool same_outputs = false;
};

// Odd: (w, a) ~ (-w, -a). Even: (w, a) ~ (-w, a). Homogeneous of degree k: (w, a) ~ (c w, a / c^k), c > 0.
// Every neuron of `a` is paired with one of `b` of the same activation by a perfect matching, so near ties in
// any sort order do no harm.
bool match_neurons(const Network& a, const Network& b, const NeuronMetric& metric, double tolerance);

}  // namespace tepui
