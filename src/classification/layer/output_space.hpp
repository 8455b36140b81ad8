// The directions of R^K in which no sample pulls: e with g_k . e = 0 for every k, as along (1, .., 1) for
// softmax, or beyond what a following layer reads. Psi_i e = 0 there (MATH.md section 13).
#pragma once

#include "core/matrix.hpp"
#include "network/pass/pass.hpp"

namespace tepui {

// Linearly independent rows of K numbers, none where the g span R^K. What rounding of g hides counts as
// zero: it is so for every sample.
Matrix idle_outputs(const Dataset& data, const Network& network, const Execution& execution);

}  // namespace tepui
