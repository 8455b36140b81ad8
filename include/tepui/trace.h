/* Saddle-to-saddle runs: gradient flow of a network of ReLU-like neurons from vanishing weights, the plateaus
 * of its loss curve, and the exact stationary point behind each of them (MATH.md section 9; arXiv:2402.05626,
 * section 4). */
#ifndef TEPUI_TRACE_H
#define TEPUI_TRACE_H

#include "classification.h"
#include "network.h"
#include "report.h"
#include "solve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A recorded run with its plateaus. */
typedef struct tepui_trace tepui_trace;

/* How a run ended. */
typedef int32_t tepui_trace_ending;
enum {
    TEPUI_TRACE_AT_REST = 1, /* over the last third of the time the loss has hardly fallen, no neuron grown */
    TEPUI_TRACE_ZERO_LOSS = 2,  /* the loss has fallen to 1e-12 of the first one */
    TEPUI_TRACE_STEP_LIMIT = 3, /* max_steps */
    TEPUI_TRACE_STUCK = 4,      /* no step short enough lowers the loss */
    TEPUI_TRACE_CANCELLED = 5
};
/* "at_rest", "zero_loss", "step_limit", "stuck", "cancelled"; "unknown" for any other number. Static. */
TEPUI_API const char* tepui_trace_ending_name(tepui_trace_ending ending);

/* Follows d theta / dt = -grad L of m >= 1 neurons of relu, leaky_relu or abs by at most max_steps >= 1 Euler
 * steps, each so short that no neuron moves by more than a twentieth of its own length and the loss falls;
 * where both sides of a kink push at it the flow slides along it. Every neuron starts as w_i = initial_scale
 * z / sqrt(d) with z normal, a_i = +-|w_i|, after TEPUI_OPTION_SEED. Then the point behind each plateau is
 * found: neurons that are still small there go to w = 0, a = 0, the others descend to an exact stationary
 * point by the SOLVE options. *trace is the caller's: tepui_trace_destroy; it keeps nothing of the data set.
 * Keeps n (d + 3 m) numbers while it runs, and n m more for each point. Where the loss is that of the mean
 * (TEPUI_DATASET_MEAN_LOSS) the time is that of its gradient. Progress; a cancelled run is TEPUI_OK and says
 * so. Errors: TEPUI_ERROR_INVALID_SIZE (m), TEPUI_ERROR_INVALID_VALUE (initial_scale not positive and finite,
 * max_steps), TEPUI_ERROR_UNSUPPORTED (another activation). */
TEPUI_API tepui_status tepui_trace_descent(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_activation* activation, int64_t m,
                                           double initial_scale, int64_t max_steps, tepui_trace** trace);
TEPUI_API void tepui_trace_destroy(tepui_trace* trace);
/* How the run ended; 0 for null. */
TEPUI_API tepui_trace_ending tepui_trace_end(const tepui_trace* trace);

/* All that is known of the run and its plateaus. *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_trace_report(tepui_context* context, const tepui_trace* trace,
                                          const tepui_report** report);
/* The recorded points, in order of time: whenever loss, time or the size of a neuron had changed visibly.
 * index in [0, points). */
TEPUI_API int64_t tepui_trace_points(const tepui_trace* trace);
/* step: Euler steps made; time: sum of their lengths. Any output pointer may be null. Errors:
 * TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_trace_point(tepui_context* context, const tepui_trace* trace, int64_t index,
                                         int64_t* step, double* time, double* loss);
/* Borrowed from the trace; null when index is out of range. */
TEPUI_API const tepui_network* tepui_trace_point_network(const tepui_trace* trace, int64_t index);

/* Plateaus, in order of time: where -dL/dt is at least 5 times smaller than before and after, and the loss
 * differs from the plateau before by a thousandth of the first loss. index in [0, plateaus). */
TEPUI_API int64_t tepui_trace_plateaus(const tepui_trace* trace);
/* begin, end, slowest: recorded points, the last where the loss falls slowest; rate: -dL/dt there. Any output
 * pointer may be null. Errors: TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_trace_plateau(tepui_context* context, const tepui_trace* trace, int64_t index,
                                           int64_t* begin, int64_t* end, int64_t* slowest, double* rate);
/* The point behind a plateau. found: 1 when it is exact and its loss is the plateau's within a hundredth of
 * the first loss. outcome, reason, iterations, gradient_relative: as of tepui_solution_start. reason is
 * borrowed from the trace. Any output pointer may be null. Errors: TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_trace_plateau_point(tepui_context* context, const tepui_trace* trace,
                                                 int64_t index, int32_t* found, tepui_start_outcome* outcome,
                                                 const char** reason, int64_t* iterations, double* loss,
                                                 double* gradient_relative);
/* Its verdict, by the theorem that a directional stationary point is a local minimum exactly when it has no
 * escape neuron; TEPUI_VERDICT_UNDETERMINED where the point was not reached. reason: a sentence, borrowed
 * from the trace. Either output may be null. Errors: TEPUI_ERROR_INVALID_SIZE (index). */
TEPUI_API tepui_status tepui_trace_plateau_verdict(tepui_context* context, const tepui_trace* trace,
                                                   int64_t index, tepui_verdict* verdict,
                                                   const char** reason);
/* Its escape neurons: their number; neurons[which], which in [0, escapes), in ascending order, -1 when out of
 * range. */
TEPUI_API int64_t tepui_trace_plateau_escapes(const tepui_trace* trace, int64_t index);
TEPUI_API int64_t tepui_trace_plateau_escape(const tepui_trace* trace, int64_t index, int64_t which);
/* The best measured way down from it, borrowed from the trace; null when there is none. */
TEPUI_API const tepui_witness* tepui_trace_plateau_witness(const tepui_trace* trace, int64_t index);
/* Its network: neurons that wait at zero have w = 0, a = 0. Borrowed from the trace; null when index is out
 * of range. */
TEPUI_API const tepui_network* tepui_trace_plateau_network(const tepui_trace* trace, int64_t index);

#ifdef __cplusplus
}
#endif

#endif
