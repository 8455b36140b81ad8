/* The critical set of a stationary point's function in a wider network: its branches, what they consist of
 * and where they meet, and points sampled on each (MATH.md section 7; arXiv:2405.17501 Theorems 3.1, 3.2;
 * arXiv:2105.12221).
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
 *         tepui_critical_set* set;
 *         const tepui_report* report;
 *         const char* content;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_map_critical_set(context, data, point, 3, 2, &set)) return 1;
 *         if (tepui_critical_set_report(context, set, &report)) return 1;
 *         if (tepui_report_text(context, report, "branches/1/content", &content)) return 1;
 *         printf("with one null neuron: %s\n", content);
 *         tepui_critical_set_destroy(set), tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * A network of r distinct neurons that all contribute is minimal. In width M its function is that of branches
 * l = 0, ..., M - r: l neurons are null, with output weight 0 and weights anywhere on the hypersurface psi(w)
 * = sum_k s_k r_k sigma(w . x_k) = 0, the other M - l are daughters of the r parents. With K outputs psi has
 * a value for each of them, g in place of s r: as many equations as outputs pull in independent directions,
 * psi_equations in the report, and the daughters of a parent share its output weights in any way within ker
 * Psi_i (MATH.md section 14), whose largest dimension is sharing_dimension. */
#ifndef TEPUI_CRITICAL_SET_H
#define TEPUI_CRITICAL_SET_H

#include "classification.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A mapped critical set. */
typedef struct tepui_critical_set tepui_critical_set;

/* What a branch is known to consist of. */
typedef int32_t tepui_branch_content;
enum {
    TEPUI_BRANCH_GLOBAL_MINIMA = 1,      /* zero loss, or the least of all: every point */
    TEPUI_BRANCH_LOCAL_MINIMA = 2,       /* every point */
    TEPUI_BRANCH_SADDLES = 3,            /* every point */
    TEPUI_BRANCH_MINIMA_AND_SADDLES = 4, /* both are on it */
    TEPUI_BRANCH_SOME_MINIMA = 5,        /* local minima are on it; saddles are not known */
    TEPUI_BRANCH_SOME_SADDLES = 6,       /* saddles are on it; local minima are not known */
    TEPUI_BRANCH_UNDETERMINED = 7
};

/* Whether a branch with null neurons has points but those where each null neuron has a parent's weights,
 * which are of the branch before too: found (zeros of psi between points where it has different signs, or
 * none are needed), proven (psi has both signs, because it is odd or some inner Hessian is indefinite), or
 * open: none were found and it may be empty. What it consists of is said of its points if there are any. */
typedef int32_t tepui_existence;
enum { TEPUI_EXISTENCE_FOUND = 1, TEPUI_EXISTENCE_PROVEN = 2, TEPUI_EXISTENCE_OPEN = 3 };

/* What is searched for along a branch: the largest fall of the loss on the best way down, or the non-zero
 * eigenvalue of the Hessian nearest to zero. */
typedef int32_t tepui_branch_goal;
enum { TEPUI_GOAL_DEEPEST = 1, TEPUI_GOAL_FLATTEST = 2 };

/* Whether the hypersurface psi = 0 comes arbitrarily near a parent's weights, so that branch l meets branch l
 * - 1 there in the limit: yes where the parent's inner Hessian is indefinite, no where it is definite; of
 * several outputs where it is so on ker Psi_i^T and one equation more than rank Psi_i is left. */
typedef int32_t tepui_meeting;
enum { TEPUI_MEETING_YES = 1, TEPUI_MEETING_NO = 2, TEPUI_MEETING_UNDETERMINED = 3 };

/* Maps the critical set, in width m <= 1000, of a stationary point of any width: it is taken in the row space
 * of the data and reduced first (TEPUI_OPTION_REDUCE_WEIGHTS, TEPUI_OPTION_REDUCE_OUTPUTS); r <= m is the
 * width of what is left. On every branch `samples` >= 0 points are drawn (TEPUI_OPTION_SEED): neurons dealt
 * out at random, splitting coefficients of every sign pattern, null weights found on psi = 0 along random
 * lines; each is classified as it stands, and left out where it does not pass for stationary. The options of
 * tepui_analyze apply. In *set, the caller's:
 * tepui_critical_set_destroy; it keeps nothing of its arguments but the data set, which must outlive it.
 * Progress. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of dataset and network differ, m, samples: at
 * most 1,000,000 of all branches together), TEPUI_ERROR_NOT_STATIONARY, TEPUI_ERROR_INVALID_VALUE (no neuron
 * contributes), TEPUI_ERROR_NUMERIC, TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED, TEPUI_ERROR_UNSUPPORTED
 * (activation not twice differentiable, or with a kink, activations of single neurons, weight decay, under
 * which daughters are not stationary).
 */
TEPUI_API tepui_status tepui_map_critical_set(tepui_context* context, const tepui_dataset* dataset,
                                              const tepui_network* network, int64_t m, int64_t samples,
                                              tepui_critical_set** set);
TEPUI_API void tepui_critical_set_destroy(tepui_critical_set* set);

/* The minimal network that the set is about, in the parameters of the data; its width is r. */
TEPUI_API const tepui_network* tepui_critical_set_minimal(const tepui_critical_set* set);
/* All that is known of it, its branches and their samples (src/docs/REPORTS.md, "Critical set"); *report is
 * borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_critical_set_report(tepui_context* context, const tepui_critical_set* set,
                                                 const tepui_report** report);
/* The network of a sample; null when there is none. */
TEPUI_API const tepui_network* tepui_critical_set_network(const tepui_critical_set* set, int64_t branch,
                                                          int64_t sample);
/* Its witness, borrowed; null when it is no saddle, none was found, or ways down were not asked for
 * (TEPUI_OPTION_WAYS_DOWN): then no search for the deepest is made either. */
TEPUI_API const tepui_witness* tepui_critical_set_witness(const tepui_critical_set* set, int64_t branch,
                                                          int64_t sample);

#ifdef __cplusplus
}
#endif

#endif
