/* Stationary points from many starts, to machine precision. */
#ifndef TEPUI_SOLVE_H
#define TEPUI_SOLVE_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tepui_solution tepui_solution;

typedef int32_t tepui_solve_target;
enum {
    TEPUI_SOLVE_MINIMUM =
        1, /* trust-region Newton on the exact Hessian; negative curvature is followed downhill */
    TEPUI_SOLVE_STATIONARY = 2 /* the stationary point nearby, saddles included */
};

typedef int32_t tepui_start_outcome;
enum {
    TEPUI_START_CONVERGED = 1,
    TEPUI_START_DIVERGING = 2, /* parameters run to infinity: no finite minimum that way */
    TEPUI_START_STALLED = 3,
    TEPUI_START_CANCELLED = 4
};
TEPUI_API const char* tepui_start_outcome_name(tepui_start_outcome outcome);

/* Runs TEPUI_OPTION_SOLVE_STARTS starts of a network of width m. A cancelled run is TEPUI_OK: the starts not
 * finished say so. Owned by the caller: tepui_solution_destroy. The result depends on data, options and seed,
 * not on the thread count. */
TEPUI_API tepui_status tepui_solve(tepui_context* context, const tepui_dataset* dataset,
                                   const tepui_activation* activation, int64_t m, tepui_solution** solution);
/* One start from the given network. */
TEPUI_API tepui_status tepui_solve_from(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, tepui_solution** solution);
TEPUI_API void tepui_solution_destroy(tepui_solution* solution);

/* Distinct converged points (equal up to neuron permutation and the activation's symmetry are one), by
 * ascending loss. */
TEPUI_API int64_t tepui_solution_points(const tepui_solution* solution);
/* Borrowed; null when index is out of range. */
TEPUI_API const tepui_network* tepui_solution_point(const tepui_solution* solution, int64_t index);
TEPUI_API double tepui_solution_point_loss(const tepui_solution* solution, int64_t index);
TEPUI_API int64_t tepui_solution_point_hits(const tepui_solution* solution, int64_t index);

TEPUI_API int64_t tepui_solution_starts(const tepui_solution* solution);
/* Any pointer may be null. reason is borrowed; distinct is -1 unless converged. */
TEPUI_API tepui_status tepui_solution_start(tepui_context* context, const tepui_solution* solution,
                                            int64_t index, tepui_start_outcome* outcome, const char** reason,
                                            int64_t* iterations, double* loss, double* gradient_relative,
                                            int64_t* distinct);
/* Where a start ended, whatever its outcome. Borrowed; null when index is out of range. */
TEPUI_API const tepui_network* tepui_solution_start_point(const tepui_solution* solution, int64_t index);

#ifdef __cplusplus
}
#endif

#endif
