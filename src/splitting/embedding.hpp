// How a narrow network sits in a wide one with the same function: which neurons are daughters of which
// parent, with what share of its output, and which neurons contribute nothing (MATH.md section 7;
// arXiv:2405.17501, arXiv:2105.12221).
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/model/network.hpp"
#include "vocabulary/networks.hpp"

namespace tepui {

// Where a neuron of the wide network comes from. With sign -1 the neuron is the mirror image of what is said
// here, which the parity of the activation makes the same function: (w, a) becomes (-w, -a) for an odd one,
// (-w, a) for an even one.
struct NeuronPlace {
    NeuronRole role = NeuronRole::null;
    Size group = -1;      // daughter: its parent in the narrow network; cancelled: the number of its group
    int sign = 1;         // of daughters and cancelled neurons; 1 for others
    double gamma = 0.0;   // daughter: its splitting coefficient
    double output = 0.0;  // cancelled, idle: its output weight; those of a cancelled group sum to zero
};

struct Embedding {
    Size narrow_width = 0;
    Size inputs = 0;
    std::vector<NeuronPlace> places;  // one per neuron of the wide network, in its order
    // [places][inputs]: the weights of null and cancelled neurons, as they are in the wide network. Rows of
    // daughters and idle neurons are not read.
    std::vector<double> free_weights;

    Size wide_width() const noexcept { return static_cast<Size>(places.size()); }
    double* weights(Size i) noexcept { return free_weights.data() + i * inputs; }
    const double* weights(Size i) const noexcept { return free_weights.data() + i * inputs; }
};

// The neurons of each group of one role: [narrow_width] daughters of each parent, or [groups] cancelled ones.
std::vector<std::vector<Size>> members(const Embedding& embedding, NeuronRole role);

// Throws Error(invalid_size / invalid_value / not_finite) naming the place: a parent out of range or without
// daughters, coefficients that do not sum to 1 within 1e-12 of the sum of their absolute values, a cancelled
// group that does not sum to zero as closely, is all zero or has different weights, an idle neuron where
// sigma(0) is not 0, a sign that the parity does not allow.
void check_embedding(const Activation& activation, const Embedding& embedding);

// The wide network: the same function, to rounding, and stationary exactly when the narrow one is and every
// null, cancelled and idle neuron's own conditions hold. Checks the embedding.
// Throws Error(cancelled) when the listener wants to stop.
Network embed(const Network& narrow, const Embedding& embedding, const Execution& execution = {});

}  // namespace tepui
