/* A layer of any network: what splitting each of its neurons does, from the layer's inputs, the gradient
 * behind it and its own weights (MATH.md section 14). Whatever comes before and after it need not be known:
 * other layers, attention, norms, a head.
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double h[40], g[40];
 *         for (int k = 0; k < 40; ++k) h[k] = -1.95 + 0.1 * k, g[k] = cos(4.0 * h[k]);
 *         const double parameters[2] = {0.0, 1.0}, gamma[2] = {0.5, 0.5};
 *         tepui_context* context;
 *         tepui_activation* gelu;
 *         tepui_dataset* data;
 *         tepui_network* weights;
 *         tepui_layer* layer;
 *         tepui_layer_split* split;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "gelu", &gelu) ||
 *                      tepui_dataset_create(context, 40, 1, h, 1, g, NULL, TEPUI_DATASET_BORROW, &data) ||
 *                      tepui_network_create_model(context, gelu, 1, 1, 1, TEPUI_MODEL_PLAIN, parameters,
 *                                                 &weights) ||
 *                      tepui_inspect_layer(context, data, weights, TEPUI_VERDICT_UNDETERMINED, -1, -1,
 *                                          &layer) ||
 *                      tepui_classify_layer_split(context, layer, 0, 2, gamma, &split);
 *         if (failed) return 1;
 *         printf("%s\n", tepui_sentence(TEPUI_WORDS_RULE, tepui_layer_split_rule(split)));
 *         tepui_layer_split_destroy(split), tepui_layer_destroy(layer), tepui_network_destroy(weights);
 *         tepui_dataset_destroy(data), tepui_activation_destroy(gelu), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * The layer sends out sum_i a_i sigma(w_i . h_k) in R^K for each sample k (also a token of a sequence, a
 * pixel of an image); g_k in R^K is the gradient of the whole loss by that. With autograd: keep the gradients
 * of the layer's inputs and outputs at a trained point. The network must be twice differentiable there. A
 * gated layer (a product of two) is not of this form. */
#ifndef TEPUI_LAYER_H
#define TEPUI_LAYER_H

#include "classification.h"
#include "models.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The neurons of a layer at a stationary point of the whole network. */
typedef struct tepui_layer tepui_layer;
/* The verdict on one split. */
typedef struct tepui_layer_split tepui_layer_split;

/* Judges every neuron. dataset: h as its samples, in memory, in single precision or in chunks, g as its
 * targets (tepui_dataset_set_targets with TEPUI_LOSS_SQUARED; sample weights multiply g). network: W and A of
 * the layer. narrow: what the whole network's point is, TEPUI_VERDICT_UNDETERMINED where that is not known;
 * morse_index, nullity >= 0: of its Hessian, or -1 where they are not known (a nullity of 0 says that a
 * minimum is definite, which minima of splits need with several outputs). The options STATIONARITY and
 * ROUNDING_FACTOR apply; a relative gradient left over in psi(w_i) and Psi_i a_i counts as an error of every
 * number. In *layer, the caller's: tepui_layer_destroy; dataset and network are not kept. A layer whose own
 * gradient is not zero is TEPUI_OK without neurons. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of
 * dataset and network differ, or their outputs; morse_index, nullity), TEPUI_ERROR_INVALID_VALUE (narrow:
 * none of these), TEPUI_ERROR_UNSUPPORTED (activation not twice differentiable), TEPUI_ERROR_NUMERIC
 * (overflow), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_inspect_layer(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_network* network, tepui_verdict narrow,
                                           int64_t morse_index, int64_t nullity, tepui_layer** layer);
TEPUI_API void tepui_layer_destroy(tepui_layer* layer);

/* All that is known: stationary or not, and of each neuron, under neurons/I, the rank of Psi_i (slopes), the
 * inertia of H_i on the kernel of Psi_i^T (inner_hessian), plateau, rule, local_minima and saddles
 * (src/docs/REPORTS.md). *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_layer_report(tepui_context* context, const tepui_layer* layer,
                                          const tepui_report** report);

/* The verdict on splitting one neuron, 0 <= neuron < m, by r >= 2 finite coefficients gamma[r] with sum 1,
 * and what the split adds to Morse index and nullity, in closed form. In *split, the caller's:
 * tepui_layer_split_destroy. Errors: TEPUI_ERROR_NOT_STATIONARY, TEPUI_ERROR_UNSUPPORTED (weight decay, a
 * kink), TEPUI_ERROR_INVALID_SIZE (neuron, r), TEPUI_ERROR_NOT_FINITE (gamma), TEPUI_ERROR_INVALID_VALUE (sum
 * of gamma). */
TEPUI_API tepui_status tepui_classify_layer_split(tepui_context* context, const tepui_layer* layer,
                                                  int64_t neuron, int64_t r, const double* gamma,
                                                  tepui_layer_split** split);
TEPUI_API void tepui_layer_split_destroy(tepui_layer_split* split);
/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_layer_split_verdict(const tepui_layer_split* split);
TEPUI_API tepui_rule tepui_layer_split_rule(const tepui_layer_split* split);
/* Also added, to index and nullity of the narrow point, and where those were given morse_index and nullity of
 * the split network. *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_layer_split_report(tepui_context* context, const tepui_layer_split* split,
                                                const tepui_report** report);

/* Where a split is a saddle: the daughters, w[r][d] and a[r][K], at epsilon >= 0 on a curve along which the
 * loss falls, and in *predicted the leading change of the loss there; to be measured in the whole network,
 * all else as it is, from a small epsilon on (it may have to be small: the layer alone does not know how the
 * rest bends). 0 and the daughters at rest where no way is known. w may be null; a may be null. Errors: as
 * tepui_classify_layer_split, TEPUI_ERROR_NOT_FINITE and TEPUI_ERROR_INVALID_VALUE (epsilon). */
TEPUI_API tepui_status tepui_layer_way_down(tepui_context* context, const tepui_layer* layer, int64_t neuron,
                                            int64_t r, const double* gamma, double epsilon, double* w,
                                            double* a, double* predicted);

#ifdef __cplusplus
}
#endif

#endif
