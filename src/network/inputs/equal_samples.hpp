// Samples with equal inputs: a network gives them one output, so that of their targets only the mean counts.
#pragma once

#include <optional>

#include "network/data/dataset.hpp"

namespace tepui {

// One sample for each group of samples with equal inputs, with the group's weight S = sum s and its mean
// target sum s y / S: for every function of the inputs the loss is that of the result plus a constant that no
// function lowers, 1/2 sum s (y - mean)^2 of the squared loss (MATH.md section 8). Samples of weight zero are
// left out. Empty where no two samples have equal inputs, for streamed data, and where the loss is not affine
// in the targets (Loss::targets_average).
std::optional<Dataset> merge_equal_samples(const Dataset& data);

}  // namespace tepui
