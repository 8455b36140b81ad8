/* Verdicts on networks of ReLU-like neurons: relu, leaky_relu, abs (MATH.md section 9; arXiv:2402.05626). The
 * loss has one-sided derivatives in every direction: dL = sum_i [da_i psi_i + a_i D_i(dw_i)]. A point is
 * stationary when psi_i = 0 and a_i D_i(v) >= 0 for every neuron and every v; it is a local minimum exactly
 * when, besides, D_i = 0 identically wherever a_i = 0. A neuron that fails the latter is an escape neuron.
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
 *         tepui_directional* verdict;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "relu", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_classify_directional(context, data, point, NULL, NULL, &verdict)) return 1;
 *         printf("%s: %s\n", tepui_name(TEPUI_WORDS_VERDICT, tepui_directional_verdict(verdict)),
 *                tepui_sentence(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(verdict)));
 *         tepui_directional_destroy(verdict), tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_DIRECTIONAL_H
#define TEPUI_DIRECTIONAL_H

#include "classification.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A point judged by its one-sided derivatives. */
typedef struct tepui_directional tepui_directional;
/* What widening the network makes of the point. */
typedef struct tepui_directional_embedding tepui_directional_embedding;
/* A point of a network with several outputs. */
typedef struct tepui_several_outputs tepui_several_outputs;

/* What decided about the point. */
typedef int32_t tepui_directional_rule;
enum {
    TEPUI_DIRECTIONAL_ZERO_LOSS = 1,            /* a global minimum */
    TEPUI_DIRECTIONAL_OUTPUT_DERIVATIVE = 2,    /* some psi_i is not zero: not stationary */
    TEPUI_DIRECTIONAL_DESCENT_DIRECTION = 3,    /* a_i D_i(v) < 0 for some v: not stationary */
    TEPUI_DIRECTIONAL_ESCAPE_NEURON = 4,        /* stationary, with an escape neuron: saddle */
    TEPUI_DIRECTIONAL_NO_ESCAPE_NEURON = 5,     /* stationary without escape neurons: local minimum */
    TEPUI_DIRECTIONAL_UNDECIDED_NEURON = 6,     /* a_i D_i >= 0 was not decided */
    TEPUI_DIRECTIONAL_UNDECIDED_NOT_MINIMUM = 7 /* nor so, but there is an escape neuron: no local minimum */
};

/* The answer to "is a_i D_i(v) >= 0 for every v", how it was found, and why it was not. */
typedef int32_t tepui_answer;
enum { TEPUI_ANSWER_YES = 1, TEPUI_ANSWER_NO = 2, TEPUI_ANSWER_UNDETERMINED = 3 };
typedef int32_t tepui_sign_method;
enum {
    TEPUI_SIGN_LINEAR = 1,        /* no kinks: a_i D_i is linear and must vanish */
    TEPUI_SIGN_INDEPENDENT = 2,   /* the kinks' inputs are linearly independent: an equation for each */
    TEPUI_SIGN_ZONOTOPE = 3,      /* every kink points up: the slope in a zonotope, by a linear program */
    TEPUI_SIGN_RAYS = 4,          /* a_i D_i at every ray of the arrangement of the kinks */
    TEPUI_SIGN_SIGN_PATTERNS = 5, /* a linear program for every sign pattern of the kinks that point down */
    TEPUI_SIGN_ZERO_OUTPUT = 6    /* a_i = 0: nothing to decide */
};
typedef int32_t tepui_sign_reason;
enum {
    TEPUI_SIGN_REASON_NONE = 0,
    TEPUI_SIGN_REASON_NO_LINEAR_PROGRAMS = 1, /* this build has none, and the rays are beyond the budget */
    TEPUI_SIGN_REASON_BUDGET = 2,             /* TEPUI_OPTION_SIGN_BUDGET */
    TEPUI_SIGN_REASON_ROUNDING = 3            /* at the boundary of what the kinks hold */
};

/* What widening does (arXiv:2402.05626 section 5). */
typedef int32_t tepui_embedding_rule;
enum {
    TEPUI_EMBEDDING_ZERO_LOSS = 1,           /* a global minimum */
    TEPUI_EMBEDDING_IDENTICALLY_ZERO = 2,    /* D = 0: the verdict of the narrow point, whatever the shares */
    TEPUI_EMBEDDING_POSITIVE_SHARES = 3,     /* all gamma_j > 0: the verdict of the narrow point */
    TEPUI_EMBEDDING_ZERO_SHARE = 4,          /* some gamma_j = 0, none negative: saddle */
    TEPUI_EMBEDDING_OPPOSED_SHARES = 5,      /* some negative and some positive: not stationary */
    TEPUI_EMBEDDING_HELD_OUTPUT = 6,         /* added neuron, a != 0, a D >= 0: the narrow point's verdict */
    TEPUI_EMBEDDING_ADDED_ESCAPE = 7,        /* the added neuron is an escape neuron: saddle */
    TEPUI_EMBEDDING_ADDED_PSI = 8,           /* added neuron with psi != 0: not stationary */
    TEPUI_EMBEDDING_ADDED_DESCENT = 9,       /* added neuron with a D(v) < 0: not stationary */
    TEPUI_EMBEDDING_UNDECIDED = 10,          /* a D >= 0 of the added neuron was not decided */
    TEPUI_EMBEDDING_NARROW_UNDETERMINED = 11 /* the narrow point's own verdict is open */
};

/* What decided about a point with several outputs. */
typedef int32_t tepui_several_outputs_rule;
enum {
    TEPUI_SEVERAL_OUTPUTS_ZERO_LOSS = 1,         /* a global minimum */
    TEPUI_SEVERAL_OUTPUTS_OUTPUT_DERIVATIVE = 2, /* some psi_ji is not zero: not stationary */
    TEPUI_SEVERAL_OUTPUTS_DESCENT_DIRECTION = 3, /* S_i(v) < 0 for some v: not stationary */
    TEPUI_SEVERAL_OUTPUTS_NO_ESCAPE_NEURON = 4,  /* stationary without escape neurons: local minimum */
    TEPUI_SEVERAL_OUTPUTS_ESCAPE_FALLS = 5, /* stationary, the loss falls along an escape neuron: saddle */
    TEPUI_SEVERAL_OUTPUTS_ESCAPE_OPEN = 6,  /* an escape neuron, no fall found along it: undetermined */
    TEPUI_SEVERAL_OUTPUTS_UNDECIDED = 7,    /* S_i >= 0, or whether a neuron is one, was not decided */
    /* the derivative by an output bias or a skip connection is not zero: not stationary */
    TEPUI_SEVERAL_OUTPUTS_BESIDE_NEURONS = 8,
    /* the kinks hold, and the Hessian on their faces is positive definite but for directions along which no
     * output moves: local minimum */
    TEPUI_SEVERAL_OUTPUTS_FACE_MINIMUM = 9,
    TEPUI_SEVERAL_OUTPUTS_FACE_FALLS = 10, /* that Hessian has a negative eigenvalue: saddle */
    /* With weight decay. Kinks do not clearly hold, or that Hessian has zero eigenvalues that nothing
     * explains: undetermined */
    TEPUI_SEVERAL_OUTPUTS_FACE_OPEN = 11,
    /* a neuron with w = 0 and a = 0 for which |D(v)|^2 > lambda v . Lambda v for some v: saddle */
    TEPUI_SEVERAL_OUTPUTS_DECAYED_NEURON_GROWS = 12,
    TEPUI_SEVERAL_OUTPUTS_DECAYED_NEURON_OPEN = 13, /* no such v was found for it: undetermined */
    /* |D(v)|^2 <= lambda v . Lambda v for every v: a global minimum, of any width */
    TEPUI_SEVERAL_OUTPUTS_DUAL_MINIMUM = 14,
    /* no escape neuron, but nothing holds the output of some sample, along which the loss may fall for ever:
     * undetermined */
    TEPUI_SEVERAL_OUTPUTS_SAMPLES_LET_GO = 15
};

/* ---- The verdict on a point ---- */
/* Classifies the point. The kink set of a neuron, {k : w_i . x_k = 0}, is found within
 * TEPUI_OPTION_KINK_TOLERANCE, or given exactly: kink_samples[kink_offsets[i] .. kink_offsets[i + 1]),
 * ascending, for each of the m neurons, kink_offsets[m + 1] with kink_offsets[0] = 0; both null otherwise.
 * STATIONARITY is what a derivative may be of the sum of its absolute terms, and the residual of a sample at
 * a kink of the root mean square residual, to count as zero; ROUNDING_FACTOR, ZERO_LOSS_FACTOR and
 * SIGN_BUDGET apply. In
 * *verdict, the caller's: tepui_directional_destroy; the data set must outlive it, the network is copied. A
 * point that is not stationary is TEPUI_OK. Memory grows with n (two numbers per sample). Progress. Errors:
 * TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network differ), TEPUI_ERROR_INVALID_VALUE (kink_offsets,
 * kink_samples), TEPUI_ERROR_UNSUPPORTED (activation), TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CANCELLED.
 */
TEPUI_API tepui_status tepui_classify_directional(tepui_context* context, const tepui_dataset* dataset,
                                                  const tepui_network* network, const int64_t* kink_offsets,
                                                  const int64_t* kink_samples, tepui_directional** verdict);
TEPUI_API void tepui_directional_destroy(tepui_directional* verdict);

/* The verdict and what decided; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_directional_verdict(const tepui_directional* verdict);
TEPUI_API tepui_directional_rule tepui_directional_rule_of(const tepui_directional* verdict);
/* All that is known of the point and its neurons (src/docs/REPORTS.md, "Directional verdict"); *report is
 * borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_directional_report(tepui_context* context, const tepui_directional* verdict,
                                                const tepui_report** report);
/* A way down, borrowed, of order 2 from a saddle and of order 1 from a point that is not stationary; its
 * change is measured by the exact expansion of the loss, samples at kinks counting as exactly there. Null
 * when there is none. */
TEPUI_API const tepui_witness* tepui_directional_witness(const tepui_directional* verdict);

/* The samples of K_i, ascending, borrowed, and their number. Any output pointer may be null. Errors:
 * TEPUI_ERROR_INVALID_SIZE (neuron). */
TEPUI_API tepui_status tepui_directional_kinks(tepui_context* context, const tepui_directional* verdict,
                                               int64_t neuron, const int64_t** samples, int64_t* count);
/* D_i(v) for v[d], and how far tolerances may move it. Any output pointer may be null. Errors:
 * TEPUI_ERROR_INVALID_SIZE (neuron), TEPUI_ERROR_NOT_FINITE (v). */
TEPUI_API tepui_status tepui_directional_derivative(tepui_context* context, const tepui_directional* verdict,
                                                    int64_t neuron, const double* v, double* value,
                                                    double* tolerance);

/* ---- Wider networks ---- */
/* Neuron i becomes r >= 1 daughters (kappa[j] w_i, a[j]) in its place; kappa[r] > 0, sum kappa[j] a[j] = a_i
 * within 1e-12 of the sum of absolute values; kappa null: all 1. Their shares are gamma_j = kappa_j a_j /
 * a_i. In *embedding, the caller's: tepui_directional_embedding_destroy; the data set must still be there.
 * Errors: TEPUI_ERROR_NOT_STATIONARY (the point), TEPUI_ERROR_INVALID_SIZE (neuron, r),
 * TEPUI_ERROR_NOT_FINITE, TEPUI_ERROR_INVALID_VALUE (kappa, the sum), TEPUI_ERROR_NUMERIC (overflow). */
TEPUI_API tepui_status tepui_classify_replication(tepui_context* context, const tepui_directional* verdict,
                                                  int64_t neuron, int64_t r, const double* kappa,
                                                  const double* a, tepui_directional_embedding** embedding);
/* A neuron (w, a) behind the others that adds nothing on the samples, w[d]: a = 0, or sigma(w . x_k) = 0 for
 * all k. The options of the context apply. Errors: also TEPUI_ERROR_INVALID_VALUE (it adds something). */
TEPUI_API tepui_status tepui_classify_added_neuron(tepui_context* context, const tepui_directional* verdict,
                                                   const double* w, double a,
                                                   tepui_directional_embedding** embedding);
TEPUI_API void tepui_directional_embedding_destroy(tepui_directional_embedding* embedding);
/* The verdict on the wide point, what decided, the wide network (borrowed), and a way down, borrowed, null:
 * none. */
TEPUI_API tepui_verdict tepui_directional_embedding_verdict(const tepui_directional_embedding* embedding);
TEPUI_API tepui_embedding_rule tepui_directional_embedding_rule(const tepui_directional_embedding* embedding);
TEPUI_API const tepui_network* tepui_directional_embedding_network(
    const tepui_directional_embedding* embedding);
TEPUI_API const tepui_witness* tepui_directional_embedding_witness(
    const tepui_directional_embedding* embedding);
/* All that is known of the wide point; deciding_neuron is the one of the wide network that escapes or falls,
 * null: none. *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_directional_embedding_report(tepui_context* context,
                                                          const tepui_directional_embedding* embedding,
                                                          const tepui_report** report);

/* ---- Several outputs ---- */
/* f_j(x) = sum_i a_ji sigma(w_i . x), j < p; the loss is summed over the outputs. With psi_ji and D_ji of
 * each output, S_i(v) = sum_j a_ji D_ji(v): stationary when every psi_ji = 0 and every S_i >= 0. Escape
 * neuron: some v has S_i(v) = 0 and D_ji(v) != 0 for some j; with one output that is a_i = 0 and D_i not
 * identically zero. A stationary point without escape neurons is a local minimum: proven in MATH.md section 9
 * for the words used here (arXiv:2402.05626 states the theorem). An escape neuron makes a saddle where the
 * loss falls in second order along dw_i = epsilon v, da_ji = epsilon b_j, for the best b. Otherwise, p > 1,
 * the loss on the faces of the kinks, where all samples at kinks stay there, decides: a negative eigenvalue
 * of its Hessian makes a saddle; where it is positive definite but for directions along which no output
 * moves, and S_i > 0 off the faces, the point is a local minimum; what is left is undetermined. */

/* Classifies the point of a network with p >= 1 outputs: hidden weights and activation of `network`, inputs
 * and sample weights of `dataset`, whose own output weights and targets do not count; targets[n][p],
 * targets[k * p + j] of sample k, and a[p][m], a[j * m + i] of neuron i, contiguous, read during the call
 * only. Kink sets (kink_offsets and kink_samples; both null otherwise), tolerances and options as for
 * tepui_classify_directional. In *verdict, the caller's: tepui_several_outputs_destroy; nothing else need
 * outlive the call. A point that is not stationary is TEPUI_OK. Memory grows with n p. Progress. Errors:
 * TEPUI_ERROR_INVALID_SIZE (p, n p, p m; inputs of dataset and network differ), TEPUI_ERROR_NOT_FINITE
 * (targets, a), TEPUI_ERROR_INVALID_VALUE (kink_offsets, kink_samples), TEPUI_ERROR_UNSUPPORTED (activation),
 * TEPUI_ERROR_NUMERIC (overflow), TEPUI_ERROR_CANCELLED.
 */
TEPUI_API tepui_status tepui_classify_several_outputs(tepui_context* context, const tepui_dataset* dataset,
                                                      const tepui_network* network, int64_t p,
                                                      const double* targets, const double* a,
                                                      const int64_t* kink_offsets,
                                                      const int64_t* kink_samples,
                                                      tepui_several_outputs** verdict);
TEPUI_API void tepui_several_outputs_destroy(tepui_several_outputs* verdict);
/* The same of a network with output biases or skip connections or none under any convex loss (models.h; a
 * caller's own where it was declared convex) with weight decay or without: targets, loss and output weights
 * are those of data set and network. Output biases and skip connections must be stationary besides; with
 * their derivatives 0 they change nothing of what is said of neurons (MATH.md section 9). With weight decay
 * psi_ji has lambda a_ji and S_i(v) has lambda w_i . v besides, the faces decide where neurons are not 0 on
 * all samples, and neurons with w = 0 and a = 0 are judged by themselves; a neuron whose decayed weights are
 * all within 16 units of rounding of the largest of any neuron counts as one of these. Errors: besides those
 * above TEPUI_ERROR_INVALID_SIZE (outputs of dataset and network differ), TEPUI_ERROR_UNSUPPORTED (a loss
 * that is not convex, activations of single neurons), TEPUI_ERROR_CALLBACK (the caller's loss).
 */
TEPUI_API tepui_status tepui_classify_directional_model(tepui_context* context, const tepui_dataset* dataset,
                                                        const tepui_network* network,
                                                        const int64_t* kink_offsets,
                                                        const int64_t* kink_samples,
                                                        tepui_several_outputs** verdict);
/* The verdict and what decided; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_several_outputs_verdict(const tepui_several_outputs* verdict);
TEPUI_API tepui_several_outputs_rule tepui_several_outputs_rule_of(const tepui_several_outputs* verdict);
/* A way down from a saddle (order 2) and from a point that is not stationary (order 1), borrowed, null: none.
 * Its m d + p m parameters are W row by row, then a[p][m]; of tepui_classify_directional_model those of the
 * network. */
TEPUI_API const tepui_witness* tepui_several_outputs_witness(const tepui_several_outputs* verdict);
/* All that is known of the point and, unless the loss is zero, its neurons; *report is borrowed. Of
 * neurons/I, for each output: psi = dL/da_ji and psi_tolerance, what counts as zero; escape: whether it is an
 * escape neuron (of one that decays and does not have all D_ji = 0 it is not asked: undetermined);
 * nonnegative: whether S_i >= 0, with method and undetermined_because; curvature: the least coefficient of
 * epsilon^2 in the change of the loss along it, negative: it falls; 0 where there is none; direction: the v
 * that tells, with derivatives D_ji(v) and, of an escape neuron or one that grows, the b that goes with it.
 * face, null where it was not asked: dimension of the faces of the kinks without symmetries, how many
 * eigenvalues of the Hessian there are negative and zero, in how many of the latter dimensions no output and
 * no decayed parameter moves (still; 0: not known of all), in how many more neurons of equal sides turn into
 * one another, which neither outputs nor weight decay see (turned), lambda_min, in coordinates in which
 * inputs are near 1, and tolerance, within which one counts as zero, and kinks_hold: whether S_i > 0 off
 * every face. kinks: of neuron I. Errors: none of its own. */
TEPUI_API tepui_status tepui_several_outputs_report(tepui_context* context,
                                                    const tepui_several_outputs* verdict,
                                                    const tepui_report** report);

#ifdef __cplusplus
}
#endif

#endif
