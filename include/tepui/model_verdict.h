/* The verdict on a stationary point of a network of any layout, loss and weight decay (models.h; MATH.md
 * section 15): the inputs are taken in their row space, daughters of one neuron are merged (mirror images
 * that output biases or skip connections make the same included), the Hessian of what is left is judged with
 * the directions divided out along which the loss never changes, and each neuron's splits follow from the
 * rank of Psi_i and the inertia of H_i (layer.h).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[4] = {-1, -1, 1, 1}, y[4] = {0, 0.5, 1, 0.5};
 *         const double parameters[3] = {0, 0, 0};
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_network* network;
 *         tepui_model_verdict* verdict;
 *         int failed =
 *             tepui_context_create(&context) || tepui_activation_create_named(context, "tanh", &tanh) ||
 *             tepui_dataset_create(context, 4, 1, x, 1, NULL, NULL, TEPUI_DATASET_BORROW, &data) ||
 *             tepui_dataset_set_targets(context, data, TEPUI_LOSS_LOGISTIC, 0, 1, y) ||
 *             tepui_network_create_model(context, tanh, 1, 1, 1, TEPUI_MODEL_OUTPUT_BIAS, parameters,
 *                                        &network) ||
 *             tepui_classify_model(context, data, network, &verdict);
 *         if (failed) return 1;
 *         printf("%s: %s\n", tepui_name(TEPUI_WORDS_VERDICT, tepui_model_verdict_verdict(verdict)),
 *                tepui_sentence(TEPUI_WORDS_RULE, tepui_model_verdict_rule(verdict)));
 *         tepui_model_verdict_destroy(verdict), tepui_network_destroy(network);
 *         tepui_dataset_destroy(data), tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_MODEL_VERDICT_H
#define TEPUI_MODEL_VERDICT_H

#include "layer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The verdict on a point and its neurons. */
typedef struct tepui_model_verdict tepui_model_verdict;

/* Classifies the point. The STATIONARITY, ROUNDING_FACTOR, HESSIAN_METHOD and ANALYSIS_SCOPE options apply:
 * of many parameters the Hessian is judged by products alone (saddles are proven, minima indicated); with
 * TEPUI_SCOPE_NEURONS not at all, the point is undetermined, and its neurons are judged as those of a layer.
 * In *verdict, the caller's: tepui_model_verdict_destroy; dataset and network are not kept. A point that is
 * not stationary is TEPUI_OK with the verdict TEPUI_VERDICT_NOT_STATIONARY and no neurons. Progress. Errors:
 * TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network differ, or their outputs), TEPUI_ERROR_UNSUPPORTED
 * (activation not twice differentiable), TEPUI_ERROR_OUT_OF_MEMORY (a dense Hessian that was asked for),
 * TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_classify_model(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, tepui_model_verdict** verdict);
TEPUI_API void tepui_model_verdict_destroy(tepui_model_verdict* verdict);

/* The verdict on the network in which `count` distinct neurons of this one, numbered as under neurons of its
 * report, are split at once, neurons[j] by gammas[offsets[j]] ... gammas[offsets[j + 1] - 1], offsets[0] = 0,
 * the daughters of each in its place: a saddle as soon as one split makes it one, a minimum where every split
 * leaves the point one, its index, and a way down that is measured. dataset: of the verdict, unchanged. In
 * *split, the caller's: tepui_model_verdict_destroy. Errors: TEPUI_ERROR_NOT_STATIONARY,
 * TEPUI_ERROR_UNSUPPORTED (weight decay, a kink), TEPUI_ERROR_INVALID_SIZE (inputs; count, neurons, an
 * offset that nothing can address), TEPUI_ERROR_INVALID_VALUE (a neuron twice, offsets, coefficients that do
 * not sum to 1), TEPUI_ERROR_NOT_FINITE (gammas), TEPUI_ERROR_NUMERIC, TEPUI_ERROR_CALLBACK,
 * TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_classify_model_splits(tepui_context* context, const tepui_dataset* dataset,
                                                   const tepui_model_verdict* verdict, int64_t count,
                                                   const int64_t* neurons, const int64_t* offsets,
                                                   const double* gammas, tepui_model_verdict** split);

/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_model_verdict_verdict(const tepui_model_verdict* verdict);
TEPUI_API tepui_rule tepui_model_verdict_rule(const tepui_model_verdict* verdict);
/* All that is known (src/docs/REPORTS.md, "Model verdict"); *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_model_verdict_report(tepui_context* context, const tepui_model_verdict* verdict,
                                                  const tepui_report** report);
/* A way down from a saddle, measured, in the given parameters; borrowed; null where there is none,
 * or none that falls beyond the rounding of the outputs. */
TEPUI_API const tepui_witness* tepui_model_verdict_witness(const tepui_model_verdict* verdict);
/* The network of the distinct neurons, in the given inputs: the hessian and neurons of the report are those
 * of it. Borrowed. */
TEPUI_API const tepui_network* tepui_model_verdict_narrow(const tepui_model_verdict* verdict);
/* The distinct neurons, for verdicts on their splits and ways down (layer.h), numbered as under neurons of
 * the report. Under weight decay these are refused by TEPUI_ERROR_UNSUPPORTED: no split is stationary.
 * Borrowed. */
TEPUI_API const tepui_layer* tepui_model_verdict_layer(const tepui_model_verdict* verdict);

#ifdef __cplusplus
}
#endif

#endif
