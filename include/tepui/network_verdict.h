/* The verdict on a stationary point of any smooth network, however wide and redundant, on any data (MATH.md
 * sections 4, 7, 8): the inputs are taken in the row space of X, the network is reduced to distinct neurons,
 * the reduced point is analysed, and what the theorems say of each group of equal neurons makes one verdict
 * on the network as it was given. */
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
/* "parent", "null", "cancelled"; "unknown" for any other number. Static, never null. Any thread. */
TEPUI_API const char* tepui_group_kind_name(tepui_group_kind kind);

/* Classifies the point. The STATIONARITY, ROUNDING_FACTOR, ZERO_LOSS_FACTOR, NEURON_METHOD, GRAM_PRECISION,
 * WAYS_DOWN and REDUCE_ options of the context apply. In *verdict, the caller's:
 * tepui_network_verdict_destroy. The data set must outlive it; the network is copied. A point that is not
 * stationary is TEPUI_OK with the verdict TEPUI_VERDICT_NOT_STATIONARY; its groups are there, their verdicts
 * are not. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network differ),
 * TEPUI_ERROR_UNSUPPORTED (activation not twice differentiable), TEPUI_ERROR_NUMERIC (overflow),
 * TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_classify_network(tepui_context* context, const tepui_dataset* dataset,
                                              const tepui_network* network, tepui_network_verdict** verdict);
TEPUI_API void tepui_network_verdict_destroy(tepui_network_verdict* verdict);

/* The verdict and the theorem or test that gave it; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_network_verdict_verdict(const tepui_network_verdict* verdict);
TEPUI_API tepui_rule tepui_network_verdict_rule(const tepui_network_verdict* verdict);
/* 1: a strict local minimum; else 0. */
TEPUI_API int32_t tepui_network_verdict_is_strict(const tepui_network_verdict* verdict);
/* 1: zero loss, a global minimum; else 0. */
TEPUI_API int32_t tepui_network_verdict_is_global(const tepui_network_verdict* verdict);
/* The loss and the Euclidean norm of its gradient. */
TEPUI_API double tepui_network_verdict_loss(const tepui_network_verdict* verdict);
TEPUI_API double tepui_network_verdict_gradient_norm(const tepui_network_verdict* verdict);
/* max_j |grad_j| / (sum of absolute terms), and what it was compared with. */
TEPUI_API double tepui_network_verdict_gradient_relative(const tepui_network_verdict* verdict);
TEPUI_API double tepui_network_verdict_stationarity_tolerance(const tepui_network_verdict* verdict);
/* Negative and zero eigenvalues of the given network's Hessian, in closed form (MATH.md sections 4, 8); each
 * -1 when unknown. The nullity counts the data's, which follows: m (d - rank X), directions that no sample
 * sees.
 */
TEPUI_API int64_t tepui_network_verdict_morse_index(const tepui_network_verdict* verdict);
TEPUI_API int64_t tepui_network_verdict_nullity(const tepui_network_verdict* verdict);
TEPUI_API int64_t tepui_network_verdict_data_nullity(const tepui_network_verdict* verdict);
/* What is known of both: *index_least to *index_most negative and *nullity_least to *nullity_most zero
 * eigenvalues (MATH.md section 10); equal where the count is known. Any output pointer may be null. Errors:
 * TEPUI_ERROR_NULL_POINTER (verdict). */
TEPUI_API tepui_status tepui_network_verdict_index_bounds(tepui_context* context,
                                                          const tepui_network_verdict* verdict,
                                                          int64_t* index_least, int64_t* index_most,
                                                          int64_t* nullity_least, int64_t* nullity_most);
/* Borrowed; null when the point is no saddle, or when ways down were not asked for (TEPUI_OPTION_WAYS_DOWN).
 * In the parameters of the given network. */
TEPUI_API const tepui_witness* tepui_network_verdict_witness(const tepui_network_verdict* verdict);

/* All that is known of the point, its neurons and the network as a whole. *report is borrowed. Errors: none
 * of its own. */
TEPUI_API tepui_status tepui_network_verdict_report(tepui_context* context,
                                                    const tepui_network_verdict* verdict,
                                                    const tepui_report** report);

/* Rank of the inputs, bias included (samples of weight zero do not count). tolerance: singular values of the
 * inputs, each in a unit near its root mean square, at or below this times the largest are zero;
 * smallest_kept, largest_dropped: those beside the gap, 0 when there is none. Any pointer may be null. */
TEPUI_API int64_t tepui_network_verdict_rank(const tepui_network_verdict* verdict);
TEPUI_API tepui_status tepui_network_verdict_singular_values(tepui_context* context,
                                                             const tepui_network_verdict* verdict,
                                                             double* tolerance, double* smallest_kept,
                                                             double* largest_dropped);

/* Samples set apart: fitted exactly (r = 0) through directions of input space that no other sample has, which
 * lets the weights keep them fitted whatever else changes. The point is a local minimum exactly when it is
 * one without them (MATH.md section 8); the analysis is of the other samples. Writes their numbers,
 * ascending, to samples unless it is null; returns how many there are. */
TEPUI_API int64_t tepui_network_verdict_fitted_samples(const tepui_network_verdict* verdict,
                                                       int64_t* samples);

/* The narrow network, of width 0 when every neuron adds nothing, in the inputs of the given one. Where
 * samples were set apart, the weights along directions that only these see are such that they stay fitted, if
 * the narrow network can fit them. Borrowed. */
TEPUI_API const tepui_network* tepui_network_verdict_narrow(const tepui_network_verdict* verdict);
/* The analysis of the narrow network in coordinates of the row space of the samples that are not set apart:
 * its d is their rank. Borrowed; null when the point is not stationary or the narrow network has no neuron.
 */
TEPUI_API const tepui_analysis* tepui_network_verdict_analysis(const tepui_network_verdict* verdict);

/* A network in the coordinates of that analysis, in the inputs of the given one: a split of its network, or a
 * point of a witness that belongs to it. width >= 1 neurons with parameters[width * (d' + 1)], d' the inputs
 * of the analysed network; neuron i stands for neuron parents[i] of the narrow network. lifted[width * (d +
 * 1)], of the caller's: the same function of all samples that are not set apart. Those that are stay fitted:
 * their directions take the weights that the given network has there, moved as little as that needs. May
 * overlap with nothing. Errors: TEPUI_ERROR_INVALID_SIZE (width, parents), TEPUI_ERROR_NOT_FINITE
 * (parameters), TEPUI_ERROR_NUMERIC (samples set apart cannot be kept fitted there). */
TEPUI_API tepui_status tepui_network_verdict_lift(tepui_context* context,
                                                  const tepui_network_verdict* verdict, int64_t width,
                                                  const int64_t* parents, const double* parameters,
                                                  double* lifted);

/* The groups: first the narrow network's neurons, in order, then those that add nothing. */
TEPUI_API int64_t tepui_network_verdict_groups(const tepui_network_verdict* verdict);
/* One group: kind; number of its members; its own verdict (a local minimum: it leaves a minimum what it is)
 * and rule; inertia[3], negative, zero and positive eigenvalues of the parent's inner Hessian, or of the
 * Hessian of psi(w) = sum s r sigma(w . x) at the weights of a group without a parent (-1 each when not
 * counted). Any output pointer may be null. Errors: TEPUI_ERROR_INVALID_SIZE (group). */
TEPUI_API tepui_status tepui_network_verdict_group(tepui_context* context,
                                                   const tepui_network_verdict* verdict, int64_t group,
                                                   tepui_group_kind* kind, int64_t* members,
                                                   tepui_verdict* group_verdict, tepui_rule* rule,
                                                   int64_t* inertia);
/* Its members: neurons[k] of the given network, ascending; signs[k], -1 for the mirror image that the
 * activation's parity makes the same; coefficients[k]: gamma of daughters, output weights (before the sign)
 * of others. Any output pointer may be null. Errors: TEPUI_ERROR_INVALID_SIZE (group). */
TEPUI_API tepui_status tepui_network_verdict_members(tepui_context* context,
                                                     const tepui_network_verdict* verdict, int64_t group,
                                                     int64_t* neurons, int32_t* signs, double* coefficients);

/* ---- Several neurons split at once ---- */
/* The verdict on splitting `count` >= 1 distinct neurons of the analysed network, neurons[count], each by the
 * coefficients gammas[offsets[j]] ... gammas[offsets[j + 1] - 1], offsets[count + 1] ascending from 0 by at
 * least 2 (MATH.md section 4). In the split network the daughters of each take its place. In *verdict, the
 * caller's, with the accessors of tepui_classify_split's. parts[count], which may be null: the verdict that
 * each split alone would get. Progress. Errors: as of tepui_classify_each_split, and TEPUI_ERROR_INVALID_SIZE
 * (count above m), TEPUI_ERROR_INVALID_VALUE (a neuron given twice). */
TEPUI_API tepui_status tepui_classify_splits(tepui_context* context, const tepui_analysis* analysis,
                                             int64_t count, const int64_t* neurons, const int64_t* offsets,
                                             const double* gammas, tepui_split_verdict** verdict,
                                             tepui_verdict* parts);

#ifdef __cplusplus
}
#endif

#endif
