/* Inner Hessians and splits of one neuron (MATH.md sections 1, 3; arXiv:2606.04327). */
#ifndef TEPUI_SPLITTING_H
#define TEPUI_SPLITTING_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* H_i = a_i sum_k s_k r_k sigma''(w_i . x_k) x_k x_k^T of one neuron: inner_hessian[p * ld + q], d x d full
 * symmetric, ld >= d. 0 <= neuron < m. */
TEPUI_API tepui_status tepui_inner_hessian(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_network* network, int64_t neuron,
                                           double* inner_hessian, int64_t ld);

/* All of them in one pass over the samples: inner_hessians[i][p][q], m x d x d contiguous, full symmetric. */
TEPUI_API tepui_status tepui_inner_hessians(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, double* inner_hessians);

/* Replaces neuron i by r >= 2 daughters with its weights and outputs gamma[j] a_i. gamma sums to 1 (within
 * 1e-12 of the sum of its absolute values). Daughters take the parent's place: neurons i .. i + r - 1 of the
 * result. Outputs and loss are unchanged; the result is stationary exactly when the network is. */
TEPUI_API tepui_status tepui_split(tepui_context* context, const tepui_network* network, int64_t neuron,
                                   int64_t r, const double* gamma, tepui_network** split);

#ifdef __cplusplus
}
#endif

#endif
