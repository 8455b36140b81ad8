// The size of each input over the samples.
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

// sqrt(sum s x_j^2 / sum s) of every input j.
std::vector<double> input_sizes(const Dataset& data, const Execution& execution);

}  // namespace tepui
