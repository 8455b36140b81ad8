// The inputs as a norm on weight vectors: R with |R w|^2 = sum_k s_k (w . x_k)^2 / sum_k s_k, the mean square
// preactivation of w over the samples.
#pragma once

#include "core/execution.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

// inputs x inputs, upper triangular, by orthogonal transformations of the samples: exact to rounding of each
// input, however differently the inputs are scaled. Streams over the samples; memory does not grow with their
// number. The same bits for every number of threads.
Matrix input_factor(const Dataset& data, const Execution& execution);

// The same norm in at most min(samples, inputs) rows: fewer samples than inputs are their own factor,
// sqrt(s_k / sum s) x_k.
Matrix input_norm(const Dataset& data, const Execution& execution);

}  // namespace tepui
