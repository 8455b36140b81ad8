// Several splits at once as the C functions take them: neurons[count] and gammas[offsets[j]] ...
// gammas[offsets[j + 1] - 1].
#pragma once

#include <vector>

#include "classification/any_network/grouping.hpp"

namespace tepui::api {

// Throws Error naming the argument: count < 1, a null pointer, a neuron not below `width`, offsets that do
// not ascend by at least 2 from 0, coefficients that are not finite.
std::vector<NeuronSplit> neuron_splits(Size width, Size count, const std::int64_t* neurons,
                                       const std::int64_t* offsets, const double* gammas);

}  // namespace tepui::api
