/* Verdicts on a stationary point, on each neuron's plateau and on any split of one neuron (MATH.md sections
 * 4, 5, 10).
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
 *         tepui_analysis* analysis;
 *         tepui_split_verdict* split;
 *         const double gamma[2] = {1.5, -0.5};
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_analyze(context, data, point, &analysis)) return 1;
 *         if (tepui_classify_split(context, analysis, 0, 2, gamma, &split)) return 1;
 *         printf("%s, split: %s\n", tepui_name(TEPUI_WORDS_VERDICT, tepui_analysis_verdict(analysis)),
 *                tepui_name(TEPUI_WORDS_VERDICT, tepui_split_verdict_verdict(split)));
 *         tepui_split_verdict_destroy(split), tepui_analysis_destroy(analysis),
 *             tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_CLASSIFICATION_H
#define TEPUI_CLASSIFICATION_H

#include "report.h"
#include "splitting.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A classified point. */
typedef struct tepui_analysis tepui_analysis;
/* The verdict on one split. */
typedef struct tepui_split_verdict tepui_split_verdict;
/* A curve along which the loss falls. */
typedef struct tepui_witness tepui_witness;

/* What a stationary point is. */
typedef int32_t tepui_verdict;
enum {
    TEPUI_VERDICT_LOCAL_MINIMUM = 1,
    TEPUI_VERDICT_SADDLE = 2,
    TEPUI_VERDICT_UNDETERMINED = 3,
    TEPUI_VERDICT_NOT_STATIONARY = 4,
    /* Everything found says local minimum, but nothing proves it: a Hessian judged by products alone
     * (TEPUI_HESSIAN_METHOD_MATRIX_FREE). No theorem is built on it. */
    TEPUI_VERDICT_INDICATED_MINIMUM = 5
};

/* The theorem or test that gave a verdict. */
typedef int32_t tepui_rule;
enum {
    TEPUI_RULE_GRADIENT_TEST = 1,
    TEPUI_RULE_ZERO_LOSS = 2,
    TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE = 3,
    TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE = 4,
    TEPUI_RULE_NULL_NEURON = 5,
    TEPUI_RULE_DEGENERATE_HESSIAN = 6,
    TEPUI_RULE_CANCELLED_GROUP = 7,
    TEPUI_RULE_EVERY_GROUP_MINIMUM = 8,
    TEPUI_RULE_SMALLEST_RITZ_VALUE = 9,
    TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE = 10,
    TEPUI_RULE_THEOREM_1_NEGATIVE_DEFINITE = 11,
    TEPUI_RULE_THEOREM_1_INDEFINITE = 12,
    TEPUI_RULE_THEOREM_3_EFFECTIVE = 14,
    TEPUI_RULE_THEOREM_3_CONSTANT = 15,
    TEPUI_RULE_THEOREM_4 = 16,
    TEPUI_RULE_LEMMA_4 = 17,
    TEPUI_RULE_THIRD_ORDER = 18,
    TEPUI_RULE_THEOREM_1_ACROSS_SYMMETRY = 19,
    TEPUI_RULE_SEMIDEFINITE_INNER_HESSIAN = 20,
    TEPUI_RULE_ZERO_INNER_HESSIAN = 21,
    TEPUI_RULE_NARROW_POINT_UNDETERMINED = 22,
    TEPUI_RULE_SYMMETRY_ORBIT = 23,
    TEPUI_RULE_FOURTH_ORDER = 24,
    TEPUI_RULE_SEVERAL_FOURTH_ORDER = 25,
    TEPUI_RULE_LEAST_SQUARES_FIT = 26,
    TEPUI_RULE_RESIDUALS_WITHIN_SLACK = 27,
    TEPUI_RULE_NEURONS_ALONE = 30,
    TEPUI_RULE_KINK = 34,
    TEPUI_RULE_OUTPUT_SLOPES = 31,
    TEPUI_RULE_OPEN_OUTPUT_SLOPES = 32,
    TEPUI_RULE_DEGENERATE_NARROW_MINIMUM = 33,
    TEPUI_RULE_GAUGE_ORBIT = 36,
    TEPUI_RULE_LEAST_CONVEX_LOSS = 37,
    TEPUI_RULE_DECAYED_SPLIT = 38
};

/* The signs of the eigenvalues of a symmetric matrix. */
typedef int32_t tepui_definiteness;
enum {
    TEPUI_POSITIVE_DEFINITE = 1,
    TEPUI_NEGATIVE_DEFINITE = 2,
    TEPUI_INDEFINITE = 3,
    TEPUI_POSITIVE_SEMIDEFINITE = 4, /* singular, not zero */
    TEPUI_NEGATIVE_SEMIDEFINITE = 5,
    TEPUI_ZERO = 6
};

/* What the splits of one neuron are, taken together. */
typedef int32_t tepui_plateau_type;
enum {
    TEPUI_PLATEAU_ALL_LOCAL_MINIMA = 1,
    TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES = 2,
    TEPUI_PLATEAU_ALL_SADDLES = 3,
    TEPUI_PLATEAU_UNDETERMINED = 4,
    TEPUI_PLATEAU_NOT_APPLICABLE = 5
};

/* Sets of splitting coefficients gamma with sum 1. */
typedef int32_t tepui_gamma_region;
enum {
    TEPUI_REGION_NONE = 0,
    TEPUI_REGION_GAMMA_PLUS = 1,      /* all gamma_j > 0 */
    TEPUI_REGION_GAMMA_MINUS = 2,     /* exactly one gamma_j > 0, every other < 0 */
    TEPUI_REGION_OFF_GAMMA_PLUS = 3,  /* everything but Gamma+ */
    TEPUI_REGION_OFF_GAMMA_MINUS = 4, /* everything but Gamma- */
    TEPUI_REGION_EVERYWHERE = 5,
    TEPUI_REGION_WITH_A_ZERO = 6, /* every gamma with a zero among its values */
    /* Of ReLU-like networks (directional.h). */
    TEPUI_REGION_NOT_NEGATIVE = 8,   /* all gamma_j >= 0 */
    TEPUI_REGION_GAMMA_BOUNDARY = 9, /* some gamma_j = 0, none < 0 */
    /* Where H_i is singular and the third order vanishes, gamma by gamma (MATH.md section 6;
     * tepui_classify_split tells which). */
    TEPUI_REGION_FOURTH_ORDER_POSITIVE = 10, /* second order is open, the fourth-order form positive */
    TEPUI_REGION_FOURTH_ORDER_NEGATIVE = 11  /* lower orders make saddles, or that form is negative */
};

/* How inner Hessians are judged: TEPUI_OPTION_NEURON_METHOD. The verdicts agree; what else is known of the
 * matrices differs. */
typedef int32_t tepui_neuron_method;
enum {
    TEPUI_NEURON_METHOD_AUTOMATIC = 0, /* the cheapest, by a model of costs; MATRIX_FREE only in the scope
                                          TEPUI_SCOPE_NEURONS */
    TEPUI_NEURON_METHOD_SPECTRUM = 1,  /* all eigenvalues of every H_i */
    TEPUI_NEURON_METHOD_INERTIA = 2, /* eigenvalues counted by factorisation, the extreme ones by Lanczos; the
                                         spectrum where that is cheaper (order below 49) or an
                                         eigenvalue lies next to the threshold */
    TEPUI_NEURON_METHOD_MATRIX_FREE = 3 /* H_i is not formed where products with it prove it indefinite;
                                           INERTIA or SPECTRUM for the other neurons */
};

/* What inner Hessians are summed in where they are formed for a verdict: TEPUI_OPTION_GRAM_PRECISION.
 * Everything else is computed in double. */
typedef int32_t tepui_precision;
enum {
    TEPUI_PRECISION_DOUBLE = 0,
    /* Products and short sums in single precision, up to twice as fast. What that may cost is bounded and
     * part of tau (MATH.md section 10); a neuron whose eigenvalues it leaves unclear is summed again in
     * double. */
    TEPUI_PRECISION_SINGLE = 1
};

/* How the Hessian of the point itself is judged: TEPUI_OPTION_HESSIAN_METHOD. */
typedef int32_t tepui_hessian_method;
enum {
    TEPUI_HESSIAN_METHOD_AUTOMATIC = 0, /* DENSE up to P = 6000 */
    TEPUI_HESSIAN_METHOD_DENSE = 1,     /* formed, with all of its eigenvalues: P^2 memory, P^3 time */
    /* Products with the Hessian alone, some hundreds of passes over the data: a saddle is proven by a
     * direction of negative curvature beyond its error bound, a minimum is TEPUI_VERDICT_INDICATED_MINIMUM.
     * No Morse index is known. */
    TEPUI_HESSIAN_METHOD_MATRIX_FREE = 2
};

/* Which ways down from saddles are sought: TEPUI_OPTION_WAYS_DOWN, of tepui_analyze, tepui_classify_network,
 * tepui_classify_split and its like, and tepui_map_critical_set. Verdicts are closed form and cost little
 * beside the line searches that find the ways down; they are the same for both. */
typedef int32_t tepui_ways_down;
enum {
    TEPUI_WAYS_DOWN_NEEDED = 0, /* those alone that a verdict hangs on: on third or fourth order a saddle is
                                   claimed only where the loss was measured to fall. The other witnesses are
                                   null. */
    TEPUI_WAYS_DOWN_ALL = 1     /* of the point, of every neuron and of every split asked about; many at once
                                   (tepui_classify_each_split) take few passes over the data together */
};

/* What an analysis covers: TEPUI_OPTION_ANALYSIS_SCOPE. */
typedef int32_t tepui_analysis_scope;
enum {
    TEPUI_SCOPE_COMPLETE = 1, /* the point by its P x P Hessian, then its neurons */
    /* The neurons alone: what follows from stationarity and the
     * inner Hessians (Lemma 4 of [P]). The point's verdict is TEPUI_VERDICT_UNDETERMINED by
     * TEPUI_RULE_NEURONS_ALONE, no Morse index is known, no escapes are sought (tepui_classify_split finds
     * that of a split), and the thresholds allow for rounding but not for the distance to the stationary
     * point. */
    TEPUI_SCOPE_NEURONS = 2
};

/* ---- Analysis of a point ---- */
/* Classifies the point and every neuron's plateau (MATH.md sections 4, 10, 15), of networks of one output and
 * one activation without weight decay, whatever the loss and with output bias and skip connections or
 * without; tepui_classify_model takes others. The STATIONARITY, ROUNDING_FACTOR, ZERO_LOSS_FACTOR,
 * NEURON_METHOD, GRAM_PRECISION, HESSIAN_METHOD, WAYS_DOWN and ANALYSIS_SCOPE options of the context apply.
 * In *analysis, the caller's: tepui_analysis_destroy. The data set must outlive the analysis; the network is
 * copied. A point that is not stationary is TEPUI_OK with the verdict TEPUI_VERDICT_NOT_STATIONARY and no
 * neuron reports. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network differ),
 * TEPUI_ERROR_UNSUPPORTED (activation not twice differentiable, another network), TEPUI_ERROR_OUT_OF_MEMORY
 * (a dense Hessian that cannot be held is named, before anything is filled), TEPUI_ERROR_NUMERIC (overflow),
 * TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED.
 */
TEPUI_API tepui_status tepui_analyze(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, tepui_analysis** analysis);
TEPUI_API void tepui_analysis_destroy(tepui_analysis* analysis);

/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_analysis_verdict(const tepui_analysis* analysis);
TEPUI_API tepui_rule tepui_analysis_rule(const tepui_analysis* analysis);
/* All that is known of the point and its neurons (src/docs/REPORTS.md, "Analysis"); *report is borrowed. A
 * point that is not stationary has no hessian, witness and neurons. Errors: none of its own. */
TEPUI_API tepui_status tepui_analysis_report(tepui_context* context, const tepui_analysis* analysis,
                                             const tepui_report** report);
/* Where its wall-clock time went: an array of objects with phase ("Hessian", "inner Hessians", "witnesses",
 * ...; more may come) and seconds, in the order in which they began. *timings is borrowed. Errors: none of
 * its own. */
TEPUI_API tepui_status tepui_analysis_timings(tepui_context* context, const tepui_analysis* analysis,
                                              const tepui_report** timings);
/* The witness of a saddle, and the best measured escape after splitting one neuron in two, 0 <= neuron < m,
 * borrowed; null where there is none, where ways down were not asked for (TEPUI_OPTION_WAYS_DOWN), and, of
 * neurons, in the scope TEPUI_SCOPE_NEURONS. */
TEPUI_API const tepui_witness* tepui_analysis_witness(const tepui_analysis* analysis);
TEPUI_API const tepui_witness* tepui_analysis_escape(const tepui_analysis* analysis, int64_t neuron);
/* Unit directions v with v^T H_i v < 0, negative[d], and > 0, positive[d]: the extreme eigenvectors of H_i
 * wherever their sign is beyond rounding; zeros when the sign does not occur. Either may be null. Errors:
 * TEPUI_ERROR_NOT_STATIONARY, TEPUI_ERROR_INVALID_SIZE (neuron). */
TEPUI_API tepui_status tepui_analysis_directions(tepui_context* context, const tepui_analysis* analysis,
                                                 int64_t neuron, double* negative, double* positive);

/* ---- Verdict on a given split ---- */
/* The verdict on splitting one neuron, 0 <= neuron < m, by r >= 2 finite coefficients gamma[r] with sum 1
 * (within 1e-12 of the sum of their absolute values; MATH.md section 4). In *verdict, the caller's:
 * tepui_split_verdict_destroy. The analysis' data set must still be there. TEPUI_OPTION_WAYS_DOWN applies.
 * Progress.
 * Errors: TEPUI_ERROR_NOT_STATIONARY (the analysed point), TEPUI_ERROR_INVALID_SIZE (neuron, r),
 * TEPUI_ERROR_NOT_FINITE (gamma), TEPUI_ERROR_INVALID_VALUE (sum of gamma), TEPUI_ERROR_CALLBACK,
 * TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_classify_split(tepui_context* context, const tepui_analysis* analysis,
                                            int64_t neuron, int64_t r, const double* gamma,
                                            tepui_split_verdict** verdict);
/* The same for each of `count` >= 1 splits alone: of neurons[count], each by the coefficients
 * gammas[offsets[j]] ... gammas[offsets[j + 1] - 1], offsets[count + 1] ascending from 0 by at least 2; a
 * neuron may come several times. Their ways down are found together, in few passes over the data. In
 * verdicts[count], each the caller's: tepui_split_verdict_destroy. Progress. Errors: as of
 * tepui_classify_split, TEPUI_ERROR_INVALID_SIZE (count, an offset that nothing can address) and
 * TEPUI_ERROR_INVALID_VALUE (offsets); no verdict is made then. */
TEPUI_API tepui_status tepui_classify_each_split(tepui_context* context, const tepui_analysis* analysis,
                                                 int64_t count, const int64_t* neurons,
                                                 const int64_t* offsets, const double* gammas,
                                                 tepui_split_verdict** verdicts);
TEPUI_API void tepui_split_verdict_destroy(tepui_split_verdict* verdict);
/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_split_verdict_verdict(const tepui_split_verdict* verdict);
TEPUI_API tepui_rule tepui_split_verdict_rule(const tepui_split_verdict* verdict);
/* All that is known of the split: morse_index and nullity, the negative and zero eigenvalues of the split
 * network's Hessian in closed form (MATH.md section 4), null where not known, and their bounds; tau and
 * margin of the matrix that decided, as in tepui_analysis_report, and the norm of the gradient. Of several at
 * once (tepui_classify_splits) also parts, with the verdict that each would get alone. *report is borrowed.
 * Errors: none of its own. */
TEPUI_API tepui_status tepui_split_verdict_report(tepui_context* context, const tepui_split_verdict* verdict,
                                                  const tepui_report** report);
/* Borrowed from the verdict; null when the split is no saddle, when ways down were not asked for
 * (TEPUI_OPTION_WAYS_DOWN), or when no way down of a neuron with a zero coefficient was found
 * (TEPUI_RULE_THEOREM_3_EFFECTIVE). */
TEPUI_API const tepui_witness* tepui_split_verdict_witness(const tepui_split_verdict* verdict);

/* ---- Witnesses: a curve along which the loss falls (MATH.md section 5) ---- */
/* A witness lives as long as the object it came from. The number P of its parameters, those of the network it
 * speaks about: the split network for a split, the analysed one for a point. */
TEPUI_API int64_t tepui_witness_parameter_count(const tepui_witness* witness);
/* The change of the loss: coefficient * epsilon^order + higher terms; epsilon, the step chosen by line
 * search, the change predicted and measured there, and measured_error, a bound on the rounding error of the
 * measurement. direction: how far it leads per unit of epsilon, as W and a of the network that
 * tepui_witness_network gives; null where that has more than 20,000 parameters or is none. *report is
 * borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_witness_report(tepui_context* context, const tepui_witness* witness,
                                            const tepui_report** report);
/* The network on the curve at epsilon >= 0, in the inputs of the network that was given, in *network, the
 * caller's: tepui_network_destroy. Of the analysis of a network verdict, and of its splits, each neuron
 * stands for one of the narrow network: a network that does the same on all samples that are not set apart.
 * Errors: TEPUI_ERROR_NOT_FINITE and TEPUI_ERROR_INVALID_VALUE (epsilon), TEPUI_ERROR_NUMERIC (samples set
 * apart cannot be kept fitted there, or a parameter overflows). */
TEPUI_API tepui_status tepui_witness_network(tepui_context* context, const tepui_witness* witness,
                                             double epsilon, tepui_network** network);
/* parameters[P] on the curve at epsilon >= 0; 0 gives the saddle itself. Errors: TEPUI_ERROR_NOT_FINITE and
 * TEPUI_ERROR_INVALID_VALUE (epsilon). */
TEPUI_API tepui_status tepui_witness_point(tepui_context* context, const tepui_witness* witness,
                                           double epsilon, double* parameters);

#ifdef __cplusplus
}
#endif

#endif
