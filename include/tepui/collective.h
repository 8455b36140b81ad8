/* Ranks: processes, or threads, that call the library together, each with its part of the samples, in order.
 * What moves bytes between two of them is the caller's: the library knows no MPI. tepui_mpi.h has the two
 * functions for MPI, to be compiled with the caller's own mpi.h.
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     static int32_t send(void* user, int64_t to, const void* bytes, int64_t count) {
 *         (void)user, (void)to, (void)bytes, (void)count;
 *         return 1;
 *     }
 *     static int32_t receive(void* user, int64_t from, void* bytes, int64_t count) {
 *         (void)user, (void)from, (void)bytes, (void)count;
 *         return 1;
 *     }
 *     int main(void) {
 *         tepui_context* context;
 *         int64_t passes = -1;
 *         if (tepui_context_create(&context) != TEPUI_OK) return 1;
 *         if (tepui_context_set_collective(context, 1, 0, send, receive, NULL) != TEPUI_OK) return 1;
 *         if (tepui_context_traffic(context, TEPUI_TRAFFIC_PASSES, &passes) == TEPUI_OK)
 *             printf("passes formed together: %d\n", (int)passes);
 *         tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * Every rank gives its samples to tepui_dataset_create, _create_f32 or _create_chunked, some or none, and all
 * make that call together. The data set is that of all samples: tepui_dataset_samples says how many. Where it
 * has at most TEPUI_OPTION_GATHERED_VALUES values of x, every rank receives all of them: it then works by
 * itself on the whole, and the starts of a search are shared out. Beyond, each keeps its own samples, but for
 * those of a slab that began on the rank before, and sums over samples are formed together. Targets and
 * weights are on every rank.
 *
 * These functions are called by all ranks of a collective together, in the same order, with the same
 * arguments but for the samples: tepui_dataset_create, _create_f32, _create_chunked, _set_targets,
 * _set_classes, _set_custom_loss, tepui_loss, tepui_outputs, tepui_gradient, tepui_hessian,
 * tepui_hessian_vector, tepui_inner_hessian, tepui_inner_hessians, tepui_output_slopes, tepui_objective_loss,
 * _gradient, _hessian, _hessian_vector, tepui_analyze, tepui_classify_split, _each_split, _splits, _network,
 * _model, _model_splits, tepui_inspect_layer, tepui_reduce, tepui_map_critical_set, tepui_solve,
 * tepui_solve_like, tepui_solve_from. Every other function is a rank's own; those that would read samples
 * which other ranks hold fail with TEPUI_ERROR_UNSUPPORTED, on each.
 *
 * Results are bitwise those of one process with all samples, for every number of ranks and threads and every
 * way in which samples are divided. An error on one rank (no memory, a callback that fails, a listener that
 * cancels) ends the call with the same status and sentence on all. A rank that ends in the midst of a call
 * leaves the others to what moves the bytes: MPI ends them.
 *
 * Source: src/docs/RANKS.md. */
#ifndef TEPUI_COLLECTIVE_H
#define TEPUI_COLLECTIVE_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Moves bytes[count], 0 < count <= 2^30, to rank `to`, and returns 0 once the array may
 * be used again; anything else ends the call with TEPUI_ERROR_CALLBACK, and the collective is of no more use.
 * Messages between two ranks arrive in the order in which they were sent, each received with the count it was
 * sent with. Sending may wait for the receiver. Called on the thread that called the library only. They may
 * not use the context of the call, nor leave by an exception or longjmp. */
typedef int32_t (*tepui_send_function)(void* user, int64_t to, const void* bytes, int64_t count);
/* The same from rank `from`. */
typedef int32_t (*tepui_receive_function)(void* user, int64_t from, void* bytes, int64_t count);

/* This context belongs to rank `rank` of `size`. The functions and user stay valid as long as the context and
 * what was made with it. size 1: one process by itself again (default). Each rank has a context of its own;
 * the call does not communicate. user is passed through and may be null.
 * Errors: TEPUI_ERROR_INVALID_SIZE (size, rank). */
TEPUI_API tepui_status tepui_context_set_collective(tepui_context* context, int64_t size, int64_t rank,
                                                    tepui_send_function send, tepui_receive_function receive,
                                                    void* user);

/* What this rank has moved since the collective was set. */
typedef int32_t tepui_traffic_item;
enum {
    TEPUI_TRAFFIC_PASSES = 1,        /* sums over samples that were formed together */
    TEPUI_TRAFFIC_ROUNDS = 2,        /* in which all ranks agreed that none had failed */
    TEPUI_TRAFFIC_MESSAGES = 3,      /* sent */
    TEPUI_TRAFFIC_BYTES_SENT = 4,    /* by this rank */
    TEPUI_TRAFFIC_BYTES_RECEIVED = 5 /* by this rank */
};
/* All 0 without a collective. Errors: TEPUI_ERROR_INVALID_VALUE (item). */
TEPUI_API tepui_status tepui_context_traffic(tepui_context* context, tepui_traffic_item item, int64_t* value);

#ifdef __cplusplus
}
#endif

#endif
