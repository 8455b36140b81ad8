// The directions of R^K in which no sample pulls: e with g_k . e = 0 for every k, as along (1, .., 1) for
// softmax, or beyond what a following layer reads. Psi_i e = 0 there (MATH.md section 14).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/pass/pass.hpp"

namespace tepui {

// g of every sample, [samples][outputs], and what it may be wrong by.
struct OutputPulls {
    Buffer<double> g, error;
};
OutputPulls output_pulls(const Dataset& data, const Network& network, const Execution& execution);

// Linearly independent rows of K numbers, none where the g span R^K. What rounding of g hides counts as
// zero: it is so for every sample.
Matrix idle_outputs(const Dataset& data, const Network& network, const Execution& execution);

// g over the sample's weight, one a sample each, in linearly independent directions of the outputs that span
// what every g_k does: psi vanishes where these do. At least one.
std::vector<Buffer<double>> independent_pulls(const Dataset& data, const Network& network,
                                              const Execution& execution);

}  // namespace tepui
