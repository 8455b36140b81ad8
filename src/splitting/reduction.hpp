// The critical reduction: equal neurons merged, those that contribute nothing dropped (MATH.md section 7;
// arXiv:2405.17501). embed(reduction.narrow, reduction.embedding) gives the wide network back up to the
// tolerance, reduce(embed(.)) the narrow one up to the order and the symmetry of its neurons.
#pragma once

#include "network/dataset.hpp"
#include "splitting/embedding.hpp"

namespace tepui {

struct ReductionTolerances {
    // Neurons are equal when |w_i - w_j| <= weights * max(|w_i|, |w_j|) in the metric below.
    double weights = 1e-9;
    // |sum of a group's output weights| <= outputs * sum of their absolute values counts as cancelled.
    double outputs = 1e-9;
};

struct Reduction {
    Network narrow;  // width 0 when every neuron contributes nothing
    Embedding embedding;
    Size cancelled_groups = 0;
    double weight_spread = 0.0;  // largest relative distance of a merged neuron from its parent
    double output_spread = 0.0;  // largest relative sum of a cancelled group
};

// With data, distances are root mean squares of preactivation differences (sqrt sum_k s_k ((w_i - w_j) .
// x_k)^2 / sum s) and a neuron with w . x_k = 0 on every sample is idle: what the samples cannot tell apart
// is equal. Without (null), distances are Euclidean. The parent's weights are the mean of its daughters'
// weighted by |a|, so that merging within the tolerance moves the function as little as it can.
Reduction reduce(const Network& network, const Dataset* data, const ReductionTolerances& tolerances,
                 const Execution& execution);

}  // namespace tepui
