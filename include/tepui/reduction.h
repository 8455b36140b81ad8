/* The critical reduction of any network to distinct neurons, and its inverse, the embedding (MATH.md section
 * 7; arXiv:2405.17501).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double w[6] = {1.0, 0.5, 1.0, 0.5, -1.0, 2.0}, a[3] = {0.5, 1.5, 1.0};
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_network* wide;
 *         tepui_reduction* reduction;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &tanh) ||
 *                      tepui_network_create(context, tanh, 3, 2, w, 2, a, &wide) ||
 *                      tepui_reduce(context, wide, NULL, &reduction);
 *         if (failed) return 1;
 *         for (int i = 0; i < 3; ++i)
 *             printf("neuron %d: %s of %d, gamma %g\n", i,
 *                    tepui_name(TEPUI_WORDS_NEURON_ROLE, tepui_reduction_roles(reduction)[i]),
 *                    (int)tepui_reduction_groups(reduction)[i],
 *                    tepui_reduction_coefficients(reduction)[i]);
 *         tepui_reduction_destroy(reduction), tepui_network_destroy(wide);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * A wide network of M neurons sits on a narrow one by saying of every neuron i what it is: its role, and by
 * role its group, sign and coefficient, arrays of M values each, and with K > 1 outputs its output weights
 * beside the coefficient, [M][K]. With sign -1 a daughter or a cancelled neuron is the mirror image of what
 * is said of it, the same function: (w, a) becomes (-w, -a) for an odd activation, (-w, a) for an even one.
 * With output biases b sigmoid and normal_cdf, whose sigma(-z) is 1 - sigma(z), have one too, (-w, -a) with a
 * more in b; with skip connections C so have softplus, gelu, gelu_tanh, silu, relu and leaky_relu, (-w, a)
 * with a multiple of a w^T more in C. */
#ifndef TEPUI_REDUCTION_H
#define TEPUI_REDUCTION_H

#include "network.h"
#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A reduced network with the way back. */
typedef struct tepui_reduction tepui_reduction;

/* What a neuron of a wide network is. */
typedef int32_t tepui_neuron_role;
enum {
    /* Its parent's weights; group: its parent, a neuron of the narrow network; coefficient: its gamma, the
       output weight over the parent's. The gammas of a parent's daughters sum to 1. Of K > 1 outputs the
       output weights are gamma times the parent's, and what `outputs` adds: 0 over all daughters of a
       parent. */
    TEPUI_NEURON_DAUGHTER = 1,
    /* Output weight 0, weights of its own; group -1, coefficient 0. */
    TEPUI_NEURON_NULL = 2,
    /* One of a group of equal weights whose output weights sum to 0 without all being 0; group: its number,
       coefficient: its output weight (K > 1: 0, and `outputs` has them). */
    TEPUI_NEURON_CANCELLED = 3,
    /* Weights 0 where sigma(0) = 0, so that its output weight, the coefficient (K > 1: `outputs`), does not
       matter; group -1. */
    TEPUI_NEURON_IDLE = 4
};

/* Merges neurons of equal weights, up to the sign of mirror images, drops those that contribute nothing and
 * says where each one went. Equal: |w_i - w_j| <= TEPUI_OPTION_REDUCE_WEIGHTS max(|w_i|, |w_j|), and so are
 * both ends of a chain of equals. |w| is the root mean square preactivation over the samples of dataset under
 * their weights, so that what the samples cannot tell apart is equal and what they do not see is zero; with
 * dataset null it is the Euclidean length. Output weights cancel when their sum is at most
 * TEPUI_OPTION_REDUCE_OUTPUTS times the sum of their absolute values; of K > 1 outputs they are vectors of a
 * length, and within as much of multiples of their sum they are taken for such. A neuron of output weight
 * exactly 0 is null unless its weights are those of a parent (a daughter with gamma 0) or of a cancelled
 * group; weights are zero when |w| is at most TEPUI_OPTION_REDUCE_WEIGHTS times the largest one or 1,
 * whichever is less. Outputs and loss stay as they are within these tolerances, and the network is stationary
 * exactly when the narrow one is and its null, cancelled and idle neurons, and daughters with output weights
 * beside their shares, meet conditions of their own. Proportional weights of homogeneous activations are not
 * merged. *reduction is the caller's: tepui_reduction_destroy; it keeps nothing of network and dataset.
 * Output biases and skip connections stay as they are but for what mirror images leave there. Progress.
 * Errors: TEPUI_ERROR_INVALID_SIZE (inputs or outputs of dataset and network differ), TEPUI_ERROR_UNSUPPORTED
 * (activations of single neurons; weight decay, under which neither loss nor stationary points stay),
 * TEPUI_ERROR_NUMERIC (the length of a weight vector or a sum of output weights overflows),
 * TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_reduce(tepui_context* context, const tepui_network* network,
                                    const tepui_dataset* dataset, tepui_reduction** reduction);
TEPUI_API void tepui_reduction_destroy(tepui_reduction* reduction);

/* The narrow network, its neurons in the order of their first daughters; of 0 neurons when none contributes.
 * A parent has the sum of its daughters' output weights and the mean of their weights under |a|. */
TEPUI_API const tepui_network* tepui_reduction_network(const tepui_reduction* reduction);
/* M, the neurons of the network that was reduced. */
TEPUI_API int64_t tepui_reduction_neurons(const tepui_reduction* reduction);
/* Each neuron's role, group, sign (1 or -1) and coefficient: [M], as tepui_embed takes them. */
TEPUI_API const tepui_neuron_role* tepui_reduction_roles(const tepui_reduction* reduction);
TEPUI_API const int64_t* tepui_reduction_groups(const tepui_reduction* reduction);
TEPUI_API const int32_t* tepui_reduction_signs(const tepui_reduction* reduction);
TEPUI_API const double* tepui_reduction_coefficients(const tepui_reduction* reduction);
/* [M][K]: the output weights of cancelled and idle neurons and, where K > 1, what those of daughters are
 * beside gamma times the parent's; 0 in the rows of others. */
TEPUI_API const double* tepui_reduction_outputs(const tepui_reduction* reduction);
/* [M][d]: the weights of null and cancelled neurons, 0 in the rows of others. */
TEPUI_API const double* tepui_reduction_free_weights(const tepui_reduction* reduction);
/* All that is known of the reduction. cancelled_groups: their number. weight_spread: the largest distance
 * between a neuron's weights and those that tepui_embed gives it, relative to the longer of both; of zero
 * weights relative to the longest of the network or 1, whichever is less. output_spread: the largest |sum|
 * over sum of absolute values among the output weights of a cancelled group, or distance of a daughter's from
 * the multiple of the sum that they were taken for. *report is borrowed. Errors:
 * none of its own. */
TEPUI_API tepui_status tepui_reduction_report(tepui_context* context, const tepui_reduction* reduction,
                                              const tepui_report** report);
/* The wide network of m >= 0 neurons: role[m], group[m], sign[m] (null: all 1), coefficient[m] as above,
 * w[i * ldw + j], ldw >= d, the weights of null and cancelled neurons, opposite where signs of one cancelled
 * group are; rows of others are not read, and w may be null when there are no such neurons. Outputs and loss
 * are those of the narrow network, to rounding. *wide is the caller's: tepui_network_destroy. Progress.
 * Errors: TEPUI_ERROR_INVALID_SIZE (m, ldw, a group out of range), TEPUI_ERROR_NOT_FINITE (coefficient, w),
 * TEPUI_ERROR_INVALID_VALUE (role, sign; a sign -1 without parity; a parent without daughters; gammas that do
 * not sum to 1, or cancelled output weights to 0, within 1e-12 of the sum of their absolute values; a
 * cancelled group all of zeros or of different weights; idle where sigma(0) is not 0),
 * TEPUI_ERROR_UNSUPPORTED (activations of single neurons; cancelled and idle neurons of several outputs),
 * TEPUI_ERROR_NUMERIC (an output weight overflows), TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_embed(tepui_context* context, const tepui_network* narrow, int64_t m,
                                   const tepui_neuron_role* role, const int64_t* group, const int32_t* sign,
                                   const double* coefficient, const double* w, int64_t ldw,
                                   tepui_network** wide);
/* The same of any number K of outputs, with outputs[m][K] as tepui_reduction_outputs gives them, rows of null
 * neurons not being read; of coefficient those of daughters count. Errors: besides those of tepui_embed
 * TEPUI_ERROR_NOT_FINITE (outputs), TEPUI_ERROR_INVALID_VALUE (what daughters have beside their shares does
 * not sum to 0 within 1e-12 of the sum of their absolute output weights). */
TEPUI_API tepui_status tepui_embed_outputs(tepui_context* context, const tepui_network* narrow, int64_t m,
                                           const tepui_neuron_role* role, const int64_t* group,
                                           const int32_t* sign, const double* coefficient,
                                           const double* outputs, const double* w, int64_t ldw,
                                           tepui_network** wide);

#ifdef __cplusplus
}
#endif

#endif
