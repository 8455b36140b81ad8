// Splitting a neuron into daughters and the regions of the splitting coefficients (MATH.md section 3;
// arXiv:2606.04327 Definition 1, Proposition 1).
#pragma once

#include <span>
#include <vector>

#include "network/model/network.hpp"

namespace tepui {

struct GammaSigns {
    Size positive = 0;  // p
    Size negative = 0;  // q
    Size zero = 0;      // zeta
    bool in_gamma_plus() const noexcept { return negative == 0 && zero == 0; }
    bool in_gamma_minus() const noexcept { return positive == 1 && zero == 0; }
};

// A neuron and the coefficients it is to be split by.
struct NeuronSplit {
    Size neuron = 0;
    std::vector<double> gamma;
};

// At least two finite coefficients that sum to 1 within rounding (1e-12 sum |gamma_j|); throws Error
// otherwise.
GammaSigns check_gamma(std::span<const double> gamma);

// Daughters take the parent's place in order: neurons neuron .. neuron + r - 1 of the result.
Network split_neuron(const Network& network, Size neuron, std::span<const double> gamma);

// Of a ReLU-like neuron and no negative coefficient: daughters sqrt(gamma_j) (w, a), which have its outputs
// and its weight decay (MATH.md section 9). Throws Error otherwise.
Network split_homogeneous(const Network& network, Size neuron, std::span<const double> gamma);

}  // namespace tepui
