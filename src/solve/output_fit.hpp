// The loss is quadratic in the output weights: for given hidden weights their best values are one linear
// solve away.
#pragma once

#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

// Moves the output weights to the minimum of the loss at fixed hidden weights, by -(G + ridge diag G)^-1
// grad_a with G = sum_k s_k u_k u_k^T: the ridge keeps nearly equal features from getting huge weights at
// once. False, and nothing changed, when a feature overflows or the matrix is not positive definite.
bool fit_outputs(const Dataset& data, Network& network, double ridge);

}  // namespace tepui
