// Kink sets as callers give them.
#pragma once

#include "network/kink_sums.hpp"

namespace tepui::api {

// samples[offsets[i] .. offsets[i + 1]) of neuron i, i < width. Throws Error(invalid_value / null_pointer).
KinkSets kink_sets(const std::int64_t* offsets, const std::int64_t* samples, Size width);

}  // namespace tepui::api
