// Neurons whose feature does not change near their weights: every preactivation lies strictly inside a flat
// region of the activation (MATH.md section 4; arXiv:2606.04327 Definition 3).
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

// One flag per neuron; samples of weight zero do not count. All false for activations without a flat region.
std::vector<bool> locally_constant_neurons(const Dataset& data, const Network& network,
                                           const Execution& execution);

// The value of sigma in its flat region; 0 when there is none.
double flat_value(const Activation& activation);

}  // namespace tepui
