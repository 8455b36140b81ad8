/* Saddle-to-saddle runs: gradient flow of a network of ReLU-like neurons from vanishing weights, the plateaus
 * of its loss curve, and the exact stationary point behind each of them (MATH.md section 9; arXiv:2402.05626,
 * section 4).
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[30], y[30];
 *         for (int k = 0; k < 30; ++k) y[k] = sin(x[k] = -2.0 + k / 7.5);
 *         tepui_context* context;
 *         tepui_activation* relu;
 *         tepui_dataset* data;
 *         tepui_trace* trace;
 *         const tepui_report* report;
 *         const char* ending;
 *         int64_t plateaus;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "relu", &relu) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_trace_descent(context, data, relu, 3, 1e-6, 20000, &trace) ||
 *                      tepui_trace_report(context, trace, &report) ||
 *                      tepui_report_text(context, report, "ending", &ending) ||
 *                      tepui_report_count(context, report, "plateaus", &plateaus);
 *         if (failed) return 1;
 *         printf("%d plateaus, %s\n", (int)plateaus, ending);
 *         tepui_trace_destroy(trace), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(relu), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
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

/* Follows d theta / dt = -grad L of m >= 1 neurons of relu, leaky_relu or abs by at most max_steps >= 1 Euler
 * steps, each so short that no neuron moves by more than a twentieth of its own length and the loss falls;
 * where both sides of a kink push at it the flow slides along it. Every neuron starts as w_i = initial_scale
 * z / sqrt(d) with z normal, a_i = +-|w_i|, after TEPUI_OPTION_SEED. Then the point behind each plateau is
 * found: neurons that are still small there go to w = 0, a = 0, the others descend to an exact stationary
 * point by the SOLVE options. *trace is the caller's: tepui_trace_destroy; it keeps nothing of the data set.
 * Keeps n (d + 3 m + 2 K) numbers while it runs, and n m more for each point. Where the loss is that of the
 * mean (TEPUI_DATASET_MEAN_LOSS) the time is that of its gradient. Progress; a cancelled run is TEPUI_OK and
 * says so. Errors: TEPUI_ERROR_INVALID_SIZE (m), TEPUI_ERROR_INVALID_VALUE (initial_scale not positive and
 * finite, max_steps), TEPUI_ERROR_UNSUPPORTED (another activation). */
TEPUI_API tepui_status tepui_trace_descent(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_activation* activation, int64_t m,
                                           double initial_scale, int64_t max_steps, tepui_trace** trace);
/* The same for networks of any model (models.h): one with the numbers of neurons and outputs, the output
 * biases, skip connections and activation of `network`, whose parameters do not matter, under the data set's
 * loss and decay. a_i starts in a random direction of the outputs with |a_i| = |w_i|, output biases and skip
 * connections at 0: they are learnt first, and the first plateau is where they have come to rest. A run in
 * which classes are told apart without bound ends on a plateau at infinity (TEPUI_START_AT_INFINITY). Errors:
 * those of tepui_trace_descent, TEPUI_ERROR_INVALID_SIZE (inputs or outputs of dataset and network differ, a
 * network of 0 neurons), TEPUI_ERROR_UNSUPPORTED (several activations, a loss of the caller's that is not
 * declared convex, decay of hidden or of output weights alone). */
TEPUI_API tepui_status tepui_trace_like(tepui_context* context, const tepui_dataset* dataset,
                                        const tepui_network* network, double initial_scale, int64_t max_steps,
                                        tepui_trace** trace);
TEPUI_API void tepui_trace_destroy(tepui_trace* trace);
/* All that is known of the run and its plateaus (src/docs/REPORTS.md, "Trace"); *report is borrowed. Errors:
 * none of its own. */
TEPUI_API tepui_status tepui_trace_report(tepui_context* context, const tepui_trace* trace,
                                          const tepui_report** report);
/* The network of a recorded point, borrowed from the trace; null when index is out of range. */
TEPUI_API const tepui_network* tepui_trace_point_network(const tepui_trace* trace, int64_t index);
/* The best measured way down from the point behind a plateau; null when there is none. */
TEPUI_API const tepui_witness* tepui_trace_plateau_witness(const tepui_trace* trace, int64_t index);
/* That point's network: neurons that wait at zero have w = 0, a = 0. Borrowed from the trace; null when index
 * is out of range. */
TEPUI_API const tepui_network* tepui_trace_plateau_network(const tepui_trace* trace, int64_t index);

#ifdef __cplusplus
}
#endif

#endif
