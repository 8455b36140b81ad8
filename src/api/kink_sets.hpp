// Kink sets as callers give them.
#pragma once

#include "network/derivatives/kink_sums.hpp"

namespace tepui::api {

// samples[offsets[i] .. offsets[i + 1]) of neuron i, i < width, ascending and below `count`. All offsets are
// judged before any of the samples is read. Throws Error(invalid_value / null_pointer).
KinkSets kink_sets(const std::int64_t* offsets, const std::int64_t* samples, Size width, Size count);

}  // namespace tepui::api
