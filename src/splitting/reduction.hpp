// The critical reduction: equal neurons merged, those that contribute nothing dropped (MATH.md section 7;
// arXiv:2405.17501). embed(reduction.narrow, reduction.embedding) gives the wide network back up to the
// tolerance, reduce(embed(.)) the narrow one up to the order and the symmetry of its neurons.
#pragma once

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "splitting/embedding.hpp"

namespace tepui {

struct ReductionTolerances {
    // Neurons are equal when |w_i - w_j| <= weights * max(|w_i|, |w_j|) in the metric below, up to the sign
    // that the activation's parity allows, and so are the ends of a chain of equals; weights are zero when
    // |w_i| <= weights * min(1, max_l |w_l|). In [0, 1).
    double weights = 1e-9;
    // |sum of a group's output weights| <= outputs * sum of their absolute values: cancelled. Within as much
    // of being multiples of their sum, the output vectors of daughters count as such. In [0, 1).
    double outputs = 1e-9;
    // Mirror images whose constant or linear part output biases or skip connections take are equal, too.
    bool mirrors_beside = false;
};

struct Reduction {
    Network narrow;  // neurons in the order of their first daughters; width 0 when every one adds nothing
    Embedding embedding;
    Size cancelled_groups = 0;
    // Largest distance of a neuron from the weights that the embedding gives it, relative to the longer of
    // both; of one with zero weights relative to min(1, max_l |w_l|).
    double weight_spread = 0.0;
    // Largest |sum| / sum of absolute values of a cancelled group; largest distance of a daughter's output
    // vector from a multiple of the sum that counts as one, relative to that sum of absolute values.
    double output_spread = 0.0;
};

// With data, distances are root mean squares of preactivation differences, sqrt(sum_k s_k ((w_i - w_j) .
// x_k)^2 / sum s): what the samples cannot tell apart is equal, what they do not see is zero. Without (null),
// distances are Euclidean.
//
// Of several outputs the output weights of a neuron are a vector, and |a| is its length. A group of equal
// neurons becomes one parent with the sum of their output weights and, so that merging
// within the tolerance moves the function as little as it can, the mean of their weights under |a|. A group
// of zero weights where sigma(0) = 0 becomes idle, another stays as a neuron of constant feature. Output
// weights of exactly zero are null unless their weights are those of a parent (a daughter with gamma = 0) or
// of a cancelled group. The outputs of a cancelled group are made to sum to zero within rounding.
//
// On the samples |f_wide - f_narrow| <= sup |sigma'| sum_i |a_i| |dw_i . x| + sup |sigma| sum of what
// cancelled groups left, dw_i within weight_spread of each neuron's length in the metric. Proportional
// weights of homogeneous activations are not merged.
Reduction reduce(const Network& network, const Dataset* data, const ReductionTolerances& tolerances,
                 const Execution& execution);

}  // namespace tepui
