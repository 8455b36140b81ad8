// How a narrow network sits in a wide one with the same function: which neurons are daughters of which
// parent, with what share of its output, and which neurons contribute nothing (MATH.md section 7;
// arXiv:2405.17501, arXiv:2105.12221).
#pragma once

#include <span>
#include <vector>

#include "network/network.hpp"

namespace tepui {

enum class NeuronRole : std::int32_t {
    daughter = 1,  // weights sign * w_parent, output weight gamma * (sign's image of a_parent)
    null = 2,      // output weight zero, its own weights
    cancelled =
        3,    // one of a group with equal weights whose output weights sum to zero, not all of them zero
    idle = 4  // sigma(w . x) = 0 whatever the input: w = 0 and sigma(0) = 0
};

struct NeuronPlace {
    NeuronRole role = NeuronRole::daughter;
    Size group = -1;  // daughter: the parent, a neuron of the narrow network; cancelled: number of the group
    int sign = 1;     // -1: the parity of the activation maps (w, a) to (-w, -a) (odd) or (-w, a) (even)
    double gamma = 0.0;   // daughter: its splitting coefficient; else 0
    double output = 0.0;  // cancelled, idle: its own output weight, before the sign; else 0
};

struct Embedding {
    Size narrow_width = 0;
    Size inputs = 0;
    std::vector<NeuronPlace> places;  // one per neuron of the wide network, in its order
    // [wide width][inputs]: weights of the neurons without a parent; the rows of daughters are not read.
    std::vector<double> free_weights;
};

// Throws Error(invalid_size / invalid_value) naming the place: a parent without daughters or out of range,
// coefficients that do not sum to 1 (as check_gamma), a cancelled group that does not sum to zero or whose
// weights differ, a sign that the activation's parity does not allow.
void check_embedding(const Activation& activation, const Embedding& embedding);

// The wide network. Its outputs and its loss are those of the narrow network.
Network embed(const Network& narrow, const Embedding& embedding);

}  // namespace tepui
