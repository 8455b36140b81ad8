// The way down among the forms of a limit network, its coefficients always the best ones.
#pragma once

#include "classification/infinity/boundary_network.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// Trust-region Newton on the reduced loss, as long as that falls beyond rounding. The network as it is where
// the loss is not squared.
BoundaryNetwork descend_reduced(const SolveSetting& setting, const SampleInputs& inputs,
                                BoundaryNetwork network, Size& budget);

}  // namespace tepui
