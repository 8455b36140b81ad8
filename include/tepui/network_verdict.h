/* The verdict on a stationary point of any smooth network, however wide and redundant, on any data (MATH.md
 * sections 4, 7, 8): the inputs are taken in the row space of X, the network is reduced to distinct neurons,
 * the reduced point is analysed, and what the theorems say of each group of equal neurons makes one verdict
 * on the network as it was given.
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[30], y[30];
 *         for (int k = 0; k < 30; ++k) y[k] = sin(x[k] = -2.0 + k / 7.5);
 *         tepui_context* context;
 *         tepui_activation* sigma;
 *         tepui_dataset* data;
 *         tepui_solution* fits;
 *         const double gamma[2] = {0.25, 0.75};
 *         tepui_network* wide;
 *         tepui_network_verdict* verdict;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_split(context, point, 0, 2, gamma, &wide)) return 1;
 *         if (tepui_classify_network(context, data, wide, &verdict)) return 1;
 *         printf("%s: %s\n", tepui_name(TEPUI_WORDS_VERDICT, tepui_network_verdict_verdict(verdict)),
 *                tepui_sentence(TEPUI_WORDS_RULE, tepui_network_verdict_rule(verdict)));
 *         tepui_network_verdict_destroy(verdict), tepui_network_destroy(wide),
 *             tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_NETWORK_VERDICT_H
#define TEPUI_NETWORK_VERDICT_H

#include "classification.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The verdict on a network of any width on any data. */
typedef struct tepui_network_verdict tepui_network_verdict;

/* Groups of neurons that the data cannot tell apart. */
typedef int32_t tepui_group_kind;
enum {
    TEPUI_GROUP_PARENT = 1,   /* daughters of a neuron of the narrow network; one alone is that neuron */
    TEPUI_GROUP_NULL = 2,     /* one neuron with output weight zero */
    TEPUI_GROUP_CANCELLED = 3 /* output weights that sum to zero, not all zero */
};
/* Classifies the point, of networks as tepui_analyze takes them. The STATIONARITY, ROUNDING_FACTOR,
 * ZERO_LOSS_FACTOR, NEURON_METHOD, GRAM_PRECISION, WAYS_DOWN and REDUCE_ options of the context apply. In
 * *verdict, the caller's: tepui_network_verdict_destroy. The data set must outlive it; the network is copied.
 * A point that is not stationary is TEPUI_OK with the verdict TEPUI_VERDICT_NOT_STATIONARY; its groups are
 * there, their verdicts are not. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network
 * differ), TEPUI_ERROR_UNSUPPORTED (activation not twice differentiable, another network),
 * TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_classify_network(tepui_context* context, const tepui_dataset* dataset,
                                              const tepui_network* network, tepui_network_verdict** verdict);
TEPUI_API void tepui_network_verdict_destroy(tepui_network_verdict* verdict);

/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_network_verdict_verdict(const tepui_network_verdict* verdict);
TEPUI_API tepui_rule tepui_network_verdict_rule(const tepui_network_verdict* verdict);
/* Borrowed; null when the point is no saddle, or when ways down were not asked for (TEPUI_OPTION_WAYS_DOWN).
 * In the parameters of the given network. */
TEPUI_API const tepui_witness* tepui_network_verdict_witness(const tepui_network_verdict* verdict);

/* All that is known of the point, its neurons and the network as a whole (src/docs/REPORTS.md, "Network
 * verdict"); *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_network_verdict_report(tepui_context* context,
                                                    const tepui_network_verdict* verdict,
                                                    const tepui_report** report);

/* The narrow network, of width 0 when every neuron adds nothing, in the inputs of the given one. Where
 * samples were set apart, the weights along directions that only these see are such that they stay fitted, if
 * the narrow network can fit them. Borrowed. */
TEPUI_API const tepui_network* tepui_network_verdict_narrow(const tepui_network_verdict* verdict);
/* The analysis of the narrow network in coordinates of the row space of the samples that are not set apart:
 * its d is their rank. Borrowed; null when the point is not stationary or the narrow network has no neuron.
 */
TEPUI_API const tepui_analysis* tepui_network_verdict_analysis(const tepui_network_verdict* verdict);

/* ---- Several neurons split at once ---- */
/* The verdict on splitting `count` >= 1 distinct neurons of the analysed network, neurons[count], each by the
 * coefficients gammas[offsets[j]] ... gammas[offsets[j + 1] - 1], offsets[count + 1] ascending from 0 by at
 * least 2 (MATH.md section 4). In the split network the daughters of each take its place. In *verdict, the
 * caller's, as of tepui_classify_split. Progress. Errors: as of tepui_classify_each_split, and
 * TEPUI_ERROR_INVALID_SIZE (count above m), TEPUI_ERROR_INVALID_VALUE (a neuron given twice). */
TEPUI_API tepui_status tepui_classify_splits(tepui_context* context, const tepui_analysis* analysis,
                                             int64_t count, const int64_t* neurons, const int64_t* offsets,
                                             const double* gammas, tepui_split_verdict** verdict);

#ifdef __cplusplus
}
#endif

#endif
