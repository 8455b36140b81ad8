/* Stationary points from many starts, to machine precision (MATH.md section 10). For relu, leaky_relu and
 * abs: exact directional stationary points, kinks included (MATH.md section 9). */
#ifndef TEPUI_SOLVE_H
#define TEPUI_SOLVE_H

#include "network.h"

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
    TEPUI_START_DIVERGING = 2, /* parameters run to infinity: no finite minimum that way */
    TEPUI_START_STALLED = 3,
    TEPUI_START_CANCELLED = 4
};
/* "converged", "diverging", "stalled", "cancelled"; "unknown" for any other number. Static, never null. */
TEPUI_API const char* tepui_start_outcome_name(tepui_start_outcome outcome);

/* Runs TEPUI_OPTION_SOLVE_STARTS random starts of a network of m >= 1 neurons; the SEED and SOLVE options of
 * the context apply. *solution is the caller's: tepui_solution_destroy; it keeps nothing of the data set. The
 * result depends on data, options and seed, not on the thread count. A cancelled run is TEPUI_OK: the starts
 * not finished say so. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (m, or (m (d + 1))^2 overflows),
 * TEPUI_ERROR_CALLBACK. */
TEPUI_API tepui_status tepui_solve(tepui_context* context, const tepui_dataset* dataset,
                                   const tepui_activation* activation, int64_t m, tepui_solution** solution);
/* One start from the given network, which is not changed. Errors: TEPUI_ERROR_INVALID_SIZE (inputs of dataset
 * and network differ, a network of 0 neurons), TEPUI_ERROR_CALLBACK. */
TEPUI_API tepui_status tepui_solve_from(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, tepui_solution** solution);
TEPUI_API void tepui_solution_destroy(tepui_solution* solution);

/* Distinct converged points (equal up to neuron permutation and the activation's symmetry are one), by
 * ascending loss: index in [0, points). */
TEPUI_API int64_t tepui_solution_points(const tepui_solution* solution);
/* Borrowed from the solution; null when index is out of range. */
TEPUI_API const tepui_network* tepui_solution_point(const tepui_solution* solution, int64_t index);
/* Its loss; NaN when index is out of range. */
TEPUI_API double tepui_solution_point_loss(const tepui_solution* solution, int64_t index);
/* Its number of starts that ended there; 0 when index is out of range. */
TEPUI_API int64_t tepui_solution_point_hits(const tepui_solution* solution, int64_t index);

/* Number of starts: index in [0, starts). */
TEPUI_API int64_t tepui_solution_starts(const tepui_solution* solution);
/* How a start ended. With relu, leaky_relu and abs the gradient is that along the kinks of each neuron, and
 * TEPUI_OPTION_SOLVE_MAX_ITERATIONS counts m times: an iteration moves one neuron on or off a kink. Any
 * output pointer may be null. reason: one clause for people, borrowed from the
 * solution. gradient_relative: max_j |grad_j| / sum of its absolute terms. distinct: index of its point, -1
 * unless converged. Errors: TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_solution_start(tepui_context* context, const tepui_solution* solution,
                                            int64_t index, tepui_start_outcome* outcome, const char** reason,
                                            int64_t* iterations, double* loss, double* gradient_relative,
                                            int64_t* distinct);
/* Where a start ended, whatever its outcome. Borrowed from the solution; null when index is out of range. */
TEPUI_API const tepui_network* tepui_solution_start_point(const tepui_solution* solution, int64_t index);

#ifdef __cplusplus
}
#endif

#endif
