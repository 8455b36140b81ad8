// Escape neurons of networks with several outputs (MATH.md section 9): v with S(v) = sum_j a_j D_j(v) = 0 and
// D_j(v) != 0 for some j, and whether the loss falls along it.
#pragma once

#include <span>

#include "classification/directional/several_outputs.hpp"

namespace tepui {

// sum_j a_j forms_j without the kinks that cancel within their tolerances.
KinkForm combined(std::span<const KinkForm> forms, std::span<const double> a);

// Fills escape and, where it is one, derivatives, direction, curvature and outputs, for the direction along
// which the loss falls most of those tried. forms: D_j of the neuron; sum: S; a: its output weights. Every
// output has the inputs and the hidden weights of the first.
void find_escape(const Dataset& data, const Network& network, const KinkValue& sums, Size index,
                 std::span<const KinkForm> forms, const KinkForm& sum, std::span<const double> a, Size budget,
                 OutputsNeuron& neuron);

}  // namespace tepui
