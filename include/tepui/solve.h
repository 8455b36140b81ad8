/* Stationary points from many starts, to machine precision (MATH.md section 10). For relu, leaky_relu and
 * abs: exact directional stationary points, kinks included (MATH.md section 9).
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[30], y[30], loss;
 *         for (int k = 0; k < 30; ++k) y[k] = sin(x[k] = -2.0 + k / 7.5);
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_solution* fits;
 *         const tepui_report* report;
 *         int failed =
 *             tepui_context_create(&context) || tepui_activation_create_named(context, "tanh", &tanh) ||
 *             tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *             tepui_solve(context, data, tanh, 1, &fits) || tepui_solution_report(context, fits, &report);
 *         if (failed || tepui_report_real(context, report, "points/0/loss", &loss)) return 1;
 *         printf("%d points, the first with loss %g\n", (int)tepui_solution_points(fits), loss);
 *         tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_SOLVE_H
#define TEPUI_SOLVE_H

#include "network.h"
#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Stationary points found, and how each start ended. */
typedef struct tepui_solution tepui_solution;

/* Value of TEPUI_OPTION_SOLVE_TARGET. */
typedef int32_t tepui_solve_target;
enum {
    TEPUI_SOLVE_MINIMUM =
        1, /* trust-region Newton on the exact Hessian; negative curvature is followed downhill */
    TEPUI_SOLVE_STATIONARY = 2 /* the stationary point nearby, saddles included */
};

/* How a start ended. */
typedef int32_t tepui_start_outcome;
enum {
    TEPUI_START_CONVERGED = 1,
    TEPUI_START_STALLED = 2, /* nothing was found, the reason says why: out of iterations, no step that helps,
                                or weights that grow towards no limit that is known */
    TEPUI_START_CANCELLED = 3,
    TEPUI_START_AT_INFINITY = 4 /* parameters run to infinity, to a limit that the report judges */
};

/* Runs TEPUI_OPTION_SOLVE_STARTS random starts of a network of m >= 1 neurons; the SEED, SOLVE,
 * STATIONARITY, ROUNDING_FACTOR and ZERO_LOSS_FACTOR options of the context apply. *solution is the caller's:
 * tepui_solution_destroy; it keeps nothing of the data set. The result depends on data, options and seed, not
 * on the thread count. A cancelled run is TEPUI_OK: the starts not finished say so. Progress. Errors:
 * TEPUI_ERROR_INVALID_SIZE (m, or the square of m (d + 1), overflows), TEPUI_ERROR_OUT_OF_MEMORY (6 times
 * that many numbers for each start under way, one a thread, d at most n, for ReLU-like neurons 2 n m more,
 * and two networks a start cannot be had; said before anything is filled), TEPUI_ERROR_CALLBACK. */
TEPUI_API tepui_status tepui_solve(tepui_context* context, const tepui_dataset* dataset,
                                   const tepui_activation* activation, int64_t m, tepui_solution** solution);
/* The same for networks of any model (models.h): random starts with the numbers of neurons and outputs, the
 * output biases, skip connections and activations of `network`, whose parameters do not matter. Losses that
 * are squared, logistic, softmax, Poisson, pseudo-Huber or the caller's, with weight decay or without. A run
 * towards classes that are told apart ends as TEPUI_START_AT_INFINITY: the loss tends to its infimum there.
 * What a loss or a model does not see (constants that all outputs of a softmax share; output biases beside
 * the skip connections of a constant input) stays as it is. Samples that share their inputs count as one with
 * the mean of their targets where that is the same but for a constant; the losses reported are those of the
 * given samples. Errors: those of tepui_solve, TEPUI_ERROR_INVALID_SIZE (inputs or outputs of dataset and
 * network differ, a network of 0 neurons), TEPUI_ERROR_UNSUPPORTED (relu, leaky_relu or abs with several
 * activations, decay, or a loss of the caller's that is not declared convex). */
TEPUI_API tepui_status tepui_solve_like(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, tepui_solution** solution);
/* One start from the given network, of any model, which is not changed. A cancelled run is TEPUI_OK: its
 * start says so. Progress. Errors: as tepui_solve_like. */
TEPUI_API tepui_status tepui_solve_from(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, tepui_solution** solution);
TEPUI_API void tepui_solution_destroy(tepui_solution* solution);

/* Number of distinct converged points, by ascending loss. One point are networks that are equal up to neuron
 * permutation and the activation's symmetry; all global minima of zero loss, or of the least loss that any
 * function of the inputs has where samples share their inputs; and, of a search for minima, all of equal loss
 * and equal outputs on the data (the points of one plateau). */
TEPUI_API int64_t tepui_solution_points(const tepui_solution* solution);
/* Borrowed from the solution; null when index is out of [0, points). */
TEPUI_API const tepui_network* tepui_solution_point(const tepui_solution* solution, int64_t index);
/* Number of starts, and where one ended, whatever its outcome. Borrowed from the solution; null when index is
 * out of [0, starts). */
TEPUI_API int64_t tepui_solution_starts(const tepui_solution* solution);
TEPUI_API const tepui_network* tepui_solution_start_point(const tepui_solution* solution, int64_t index);
/* All that is known of the inputs, the starts and the points (src/docs/REPORTS.md, "Search"); *report is
 * borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_solution_report(tepui_context* context, const tepui_solution* solution,
                                             const tepui_report** report);

#ifdef __cplusplus
}
#endif

#endif
