// Whether a network lies where its loss is not twice differentiable: a neuron has its z = 0 on a sample, and
// its activation a kink there (MATH.md section 2). Anywhere else the loss is as smooth as for an analytic
// activation. Not for ReLU-like activations, whose kinks have theorems of their own (kink_sums.hpp).
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

// step: how far the parameters may lie from those that are asked about; empty: no further than rounding.
// Samples of weight zero, and inputs that are zero altogether, do not count.
bool at_kink(const Dataset& data, const Network& network, const std::vector<double>& step,
             const Execution& execution);

}  // namespace tepui
