// How a narrow network sits in a wide one with the same function: which neurons are daughters of which
// parent, with what share of its output, and which neurons contribute nothing (MATH.md section 7;
// arXiv:2405.17501, arXiv:2105.12221).
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/model/mirror.hpp"
#include "network/model/network.hpp"
#include "vocabulary/networks.hpp"

namespace tepui {

// Where a neuron of the wide network comes from. With sign -1 the neuron is the mirror image of what is said
// here, the same function by network/model/mirror.hpp: (w, a) becomes (-w, -a) for an odd activation, (-w, a)
// for an even one.
struct NeuronPlace {
    NeuronRole role = NeuronRole::null;
    Size group = -1;      // daughter: its parent in the narrow network; cancelled: the number of its group
    int sign = 1;         // of daughters and cancelled neurons; 1 for others
    double gamma = 0.0;   // daughter: its splitting coefficient
    double output = 0.0;  // of one output. Cancelled, idle: its output weight; those of a group sum to zero
};

struct Embedding {
    Size narrow_width = 0;
    Size inputs = 0;
    Size output_count = 1;
    std::vector<NeuronPlace> places;  // one per neuron of the wide network, in its order
    // [places][inputs]: the weights of null and cancelled neurons, as they are in the wide network. Rows of
    // daughters and idle neurons are not read.
    std::vector<double> free_weights;
    // Of several outputs, [places][output_count]; empty: all 0. Of cancelled and idle neurons their output
    // weights, of daughters what they have beside gamma times those of their parent: over the daughters of a
    // parent and over a cancelled group it sums to zero.
    std::vector<double> free_outputs;

    Size wide_width() const noexcept { return static_cast<Size>(places.size()); }
    double* weights(Size i) noexcept { return free_weights.data() + i * inputs; }
    const double* weights(Size i) const noexcept { return free_weights.data() + i * inputs; }
    double output(Size i, Size o) const noexcept {
        if (output_count == 1) return places[i].output;
        return free_outputs.empty() ? 0.0 : free_outputs[i * output_count + o];
    }
};

// The neurons of each group of one role: [narrow_width] daughters of each parent, or [groups] cancelled ones.
std::vector<std::vector<Size>> members(const Embedding& embedding, NeuronRole role);

// Throws Error(invalid_size / invalid_value / not_finite) naming the place: a network of another size, a
// parent out of range or without daughters, coefficients that do not sum to 1 within 1e-12 of the sum of
// their absolute values, output weights beside them or of a cancelled group that do not sum to zero as
// closely, a cancelled group that is all zero or has different weights, an idle neuron where sigma(0) is not
// 0, a sign where a neuron has no mirror image.
void check_embedding(const Network& narrow, const Embedding& embedding);

// The wide network: the same function, to rounding, and stationary exactly when the narrow one is and every
// null, cancelled and idle neuron's own conditions hold. Checks the embedding.
// Throws Error(cancelled) when the listener wants to stop.
Network embed(const Network& narrow, const Embedding& embedding, const Execution& execution = {});

}  // namespace tepui
