// Several splits at once as the C functions take them: neurons[count] and gammas[offsets[j]] ...
// gammas[offsets[j + 1] - 1].
#pragma once

#include <vector>

#include "classification/any_network/grouping.hpp"

namespace tepui::api {

enum class Repeats { allowed, refused };  // whether the same neuron may come several times

// Every size and offset is judged before anything that it points to is read. Throws Error naming the
// argument: count < 1, or above `width` where neurons may not come twice, a null pointer, a neuron not below
// `width`, offsets that do not ascend by at least 2 from 0 or go beyond what can be addressed, coefficients
// that are not finite.
std::vector<NeuronSplit> neuron_splits(Size width, Repeats repeats, Size count, const std::int64_t* neurons,
                                       const std::int64_t* offsets, const double* gammas);

}  // namespace tepui::api
