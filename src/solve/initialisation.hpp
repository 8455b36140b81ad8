// Where a start begins.
#pragma once

#include <cstdint>

#include "network/model/network.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// Random hidden weights of the data's scale and the best output layer for them. Depends on the seed and the
// index of the start alone. Rescaling an input changes nothing, nor does shifting it where the inputs have a
// constant column. prototype: layout and activations.
Network initial_network(const Dataset& data, const InputMetric& metric, const Network& prototype,
                        std::uint64_t seed, Size start);

}  // namespace tepui
