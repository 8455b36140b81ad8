// Which limit a network that runs off tends to, guessed from where its neurons have come (MATH.md section
// 13). A guess costs nothing when it is wrong: what is said of a limit stands on the limit alone.
#pragma once

#include <vector>

#include "classification/infinity/boundary_network.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// Limit networks near the given one, likeliest first. None where no neuron has come far. idle: samples of
// classes that are told apart as far as doubles see; what becomes of a neuron is guessed from the others,
// too. spanned: hyperplanes with samples on them that are far out, and in the span of nearer ones, too.
std::vector<BoundaryNetwork> recognise(const SampleInputs& inputs, const InputMetric& metric,
                                       const Network& network, const std::vector<bool>& idle, bool spanned);

}  // namespace tepui
