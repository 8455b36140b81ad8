/* Inner Hessians and splits of one neuron (MATH.md sections 1, 3; arXiv:2606.04327).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[4] = {-1.0, 0.0, 1.0, 2.0}, y[4] = {0.5, 0.0, 1.0, 1.5}, w[2] = {1.0, 0.5},
 *                      a = 2.0;
 *         const double gamma[2] = {1.5, -0.5};
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_network *narrow, *wide;
 *         double inner[4];
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &tanh) ||
 *                      tepui_dataset_create(context, 4, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_network_create(context, tanh, 1, 2, w, 2, &a, &narrow) ||
 *                      tepui_inner_hessian(context, data, narrow, 0, inner, 2) ||
 *                      tepui_split(context, narrow, 0, 2, gamma, &wide);
 *         if (failed) return 1;
 *         printf("H_1 = (%g %g; %g %g), split: a = (%g, %g)\n", inner[0], inner[1], inner[2], inner[3],
 *                tepui_network_parameters(wide)[4], tepui_network_parameters(wide)[5]);
 *         tepui_network_destroy(wide), tepui_network_destroy(narrow), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_SPLITTING_H
#define TEPUI_SPLITTING_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* H_i = a_i sum_k s_k r_k sigma''(w_i . x_k) x_k x_k^T of one neuron, 0 <= neuron < m (MATH.md section 1;
 * [P] (11), (12)), of any model (models.h) sum_k (g_k . a_i) sigma''(w_i . x_k) x_k x_k^T with g_k = s_k
 * dl/df at sample k (section 14): inner_hessian[p * ld + q], p, q < d, full symmetric, ld >= d; nothing
 * between d and ld is written. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (neuron, ld, inputs or outputs of
 * dataset and network differ), TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED.
 */
TEPUI_API tepui_status tepui_inner_hessian(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_network* network, int64_t neuron,
                                           double* inner_hessian, int64_t ld);

/* All of them in one pass over the samples: inner_hessians[(i * d + p) * d + q], m x d x d contiguous, full
 * symmetric. Memory beyond that does not grow with n. Progress. Errors: as tepui_inner_hessian. */
TEPUI_API tepui_status tepui_inner_hessians(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, double* inner_hessians);

/* Psi_i = sum_k sigma'(w_i . x_k) x_k g_k^T of every neuron, g_k as above (MATH.md section 14), d numbers for
 * each of K outputs: slopes[(i * d + j) * K + o], m x d x K contiguous. Memory beyond that does not grow with
 * n. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs or outputs of dataset and network differ),
 * TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_output_slopes(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_network* network, double* slopes);

/* Replaces neuron i, 0 <= neuron < m, by r >= 2 daughters with its weights and outputs gamma[j] a_i (MATH.md
 * section 3; [P] Definition 1). gamma[r] is finite and sums to 1 within 1e-12 of the sum of its absolute
 * values. Daughters take the parent's place: neurons neuron .. neuron + r - 1 of *split, a new network of m +
 * r - 1 neurons, the caller's: tepui_network_destroy. Outputs and loss are unchanged; the result is
 * stationary exactly when the network is ([P] Proposition 1). Errors: TEPUI_ERROR_INVALID_SIZE (neuron, r),
 * TEPUI_ERROR_NOT_FINITE (gamma), TEPUI_ERROR_INVALID_VALUE (sum of gamma). */
TEPUI_API tepui_status tepui_split(tepui_context* context, const tepui_network* network, int64_t neuron,
                                   int64_t r, const double* gamma, tepui_network** split);

/* The same of a ReLU-like neuron and gamma >= 0 with daughters sqrt(gamma[j]) (w_i, a_i), which have its
 * outputs and its weight decay: under decay these are the splits that keep stationary points stationary
 * (MATH.md section 9). Errors: as above, and TEPUI_ERROR_UNSUPPORTED (activation), TEPUI_ERROR_INVALID_VALUE
 * (gamma). */
TEPUI_API tepui_status tepui_split_homogeneous(tepui_context* context, const tepui_network* network,
                                               int64_t neuron, int64_t r, const double* gamma,
                                               tepui_network** split);

#ifdef __cplusplus
}
#endif

#endif
