/* A context holds how operations run: threads, seed, tolerances, allocator, progress callback, and the last
 * error message.
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         tepui_context* context;
 *         const char* kernels;
 *         if (tepui_context_create(&context) != TEPUI_OK) return 1;
 *         if (tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, 2.0) != TEPUI_OK)
 *             printf("%s\n", tepui_context_message(context));
 *         if (tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 2) != TEPUI_OK) return 1;
 *         if (tepui_info(context, TEPUI_INFO_ISA, &kernels) == TEPUI_OK) printf("kernels: %s\n", kernels);
 *         tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * Thread rule: one context per concurrent caller; a context itself is never used by two threads at once, nor
 * from a callback while a call with it is under way. 128 kB of stack are enough for every function, on the
 * thread that calls and on the workers of OpenMP, whose stacks OMP_STACKSIZE sets.
 *
 * Forked processes: one that was forked while its parent had several threads lost those of OpenMP, which
 * would wait for them forever. There, and in its own children, every call runs on one thread, whatever the
 * option says, and BLIS is told to use one in the whole process; results are the same.
 *
 * What the library leaves alone: standard streams, signals, the environment, the process. One thing can end
 * the process: BLIS, when it finds no memory. tepui_reduce, tepui_solve, tepui_solve_from,
 * tepui_trace_descent, tepui_analyze, tepui_classify_*, tepui_map_critical_set, tepui_certify and, for d >
 * 32, tepui_symmetric_eigen call it, or LAPACK, which does. They look for the 25 MB that it may want before,
 * and fail with TEPUI_ERROR_OUT_OF_MEMORY; another thread may take them in between. */
#ifndef TEPUI_CONTEXT_H
#define TEPUI_CONTEXT_H

#include <stddef.h>

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Options, message and progress callback of one caller. */
typedef struct tepui_context tepui_context;

/* Memory for the library's arrays. allocate returns null when out of memory; alignment is a power of two,
 * bytes is positive. release is given what allocate returned, never null. Both are called from any thread,
 * several at once, and stay valid, with user, until the last object made with them is destroyed. */
typedef void* (*tepui_allocate_function)(void* user, size_t bytes, size_t alignment);
typedef void (*tepui_release_function)(void* user, void* memory);

/* Called at most about ten times a second, from the thread that called the library, by operations that may
 * take over a second. phase: for this call; fraction in [0, 1] of that phase. Return 0 to go on, anything
 * else to cancel: the operation ends with TEPUI_ERROR_CANCELLED, or as its declaration says. It may not use
 * the context of the call, nor leave by an exception or longjmp. LAPACK does not ask: the spectrum
 * of a Hessian of P parameters takes about P^3 / 3.5e9 seconds on a core, a minute at P = 6,000, in which
 * nobody hears of progress or can cancel (src/docs/COSTS.md). */
typedef int32_t (*tepui_progress_function)(void* user, const char* phase, double fraction);

/* Creates a context with default options in *context, the caller's: tepui_context_destroy.
 * Errors: TEPUI_ERROR_NULL_POINTER, TEPUI_ERROR_OUT_OF_MEMORY; there is no context to hold a sentence. */
TEPUI_API tepui_status tepui_context_create(tepui_context** context);

/* The same with the caller's allocator for the arrays that calls with this context make on the calling
 * thread: all that grow with the problem and live in a handle. Small or temporary memory comes from malloc.
 * user is passed through and may be null. Errors: as above; neither function may be null. */
TEPUI_API tepui_status tepui_context_create_with_allocator(tepui_allocate_function allocate,
                                                           tepui_release_function release, void* user,
                                                           tepui_context** context);

/* Null is allowed. Objects made through the context live on. */
TEPUI_API void tepui_context_destroy(tepui_context* context);

/* The sentence about the last failed call: what was wrong, which argument, its value, what is expected; up to
 * 1023 bytes. Empty after a success. Owned by the context, valid until its next call. Never null. */
TEPUI_API const char* tepui_context_message(const tepui_context* context);

/* Options by number. Numbers are pinned and spaced; a new one never changes an old one's meaning. */
typedef int32_t tepui_option;
enum {
    TEPUI_OPTION_THREADS = 100,          /* integer 0..4096; 0: what OpenMP offers the caller (default) */
    TEPUI_OPTION_SEED = 110,             /* integer >= 0, default 1: of the random starts */
    TEPUI_OPTION_GATHERED_VALUES = 120,  /* integer >= 0, default 2^23: a data set made by ranks together
                                            (collective.h) with at most so many values of x is on each */
    TEPUI_OPTION_STATIONARITY = 200,     /* real 0..1, default 1e-8: accepted max_j |grad_j| / sum of its
                                            absolute terms */
    TEPUI_OPTION_ROUNDING_FACTOR = 210,  /* real >= 1, default 4: c in tau of MATH.md section 10 */
    TEPUI_OPTION_ZERO_LOSS_FACTOR = 220, /* real >= 0, default 16: a loss within this many rounding losses is
                                            zero */
    TEPUI_OPTION_NEURON_METHOD =
        230, /* integer, tepui_neuron_method, default TEPUI_NEURON_METHOD_AUTOMATIC */
    TEPUI_OPTION_ANALYSIS_SCOPE = 240, /* integer, tepui_analysis_scope, default TEPUI_SCOPE_COMPLETE */
    TEPUI_OPTION_HESSIAN_METHOD =
        250, /* integer, tepui_hessian_method, default TEPUI_HESSIAN_METHOD_AUTOMATIC */
    TEPUI_OPTION_GRAM_PRECISION = 255, /* integer, tepui_precision, default TEPUI_PRECISION_DOUBLE */
    TEPUI_OPTION_WAYS_DOWN = 257,      /* integer, tepui_ways_down, default TEPUI_WAYS_DOWN_NEEDED */
    /* of tepui_classify_directional: */
    TEPUI_OPTION_KINK_TOLERANCE =
        260,                         /* real -1..1, default -1: a sample is at the kink of neuron i when
                                        |w_i . x_k| <= this * sum_j |w_ij x_kj|; negative: 4 (d + 1) 2^-52 */
    TEPUI_OPTION_SIGN_BUDGET = 270,  /* integer 0..1e12, default 262144: rays at which a_i D_i is evaluated; a
                                        linear program counts as 1024 */
    TEPUI_OPTION_SOLVE_TARGET = 300, /* integer, tepui_solve_target, default TEPUI_SOLVE_MINIMUM */
    TEPUI_OPTION_SOLVE_STARTS = 310, /* integer >= 1, default 16 */
    TEPUI_OPTION_SOLVE_MAX_ITERATIONS = 320, /* integer >= 1, default 500, per start */
    TEPUI_OPTION_SOLVE_TOLERANCE =
        330, /* real 1e-16..1, default 1e-12: as STATIONARITY, of converged starts */
    TEPUI_OPTION_SOLVE_DIVERGENCE = 340, /* real >= 10, default 1e6: natural scales beyond which weights run
                                           to infinity */
    TEPUI_OPTION_REDUCE_WEIGHTS = 400,   /* real 0..0.5, default 1e-9: relative distance of equal weights */
    TEPUI_OPTION_REDUCE_OUTPUTS = 410 /* real 0..0.5, default 1e-9: |sum| / sum of absolute values of output
                                         weights that cancel */
};

/* Sets, reads and bounds integer options. lower and upper are both accepted values.
 * Errors: TEPUI_ERROR_INVALID_VALUE for an unknown number, a real option, or a value out of bounds. */
TEPUI_API tepui_status tepui_context_set_integer(tepui_context* context, tepui_option option, int64_t value);
TEPUI_API tepui_status tepui_context_get_integer(tepui_context* context, tepui_option option, int64_t* value);
TEPUI_API tepui_status tepui_context_integer_bounds(tepui_context* context, tepui_option option,
                                                    int64_t* lower, int64_t* upper);
/* The same for real options; NaN is out of bounds. */
TEPUI_API tepui_status tepui_context_set_real(tepui_context* context, tepui_option option, double value);
TEPUI_API tepui_status tepui_context_get_real(tepui_context* context, tepui_option option, double* value);
TEPUI_API tepui_status tepui_context_real_bounds(tepui_context* context, tepui_option option, double* lower,
                                                 double* upper);

/* Sets who hears of progress in the calls that follow. function null: nobody (default). function and user
 * stay valid until replaced or the context is destroyed. */
TEPUI_API tepui_status tepui_context_set_progress(tepui_context* context, tepui_progress_function function,
                                                  void* user);

/* Version of the library in use, e.g. "0.1.0". Static. Any thread. */
TEPUI_API const char* tepui_version(void);

/* What this build and machine really use. */
typedef int32_t tepui_info_item;
enum {
    TEPUI_INFO_ISA = 1,             /* instruction set of the kernels, e.g. "AVX512" */
    TEPUI_INFO_ISAS = 2,            /* those available here, best first, space-separated */
    TEPUI_INFO_THREADS = 3,         /* what TEPUI_OPTION_THREADS resolves to */
    TEPUI_INFO_BLAS = 4,            /* e.g. "BLIS 0.9.0" */
    TEPUI_INFO_BLAS_KERNELS = 5,    /* the kernels BLAS selected, e.g. "skx" or "generic" */
    TEPUI_INFO_LAPACK = 6,          /* e.g. "LAPACK 3.11.0" */
    TEPUI_INFO_LAPACK_BLAS = 7,     /* the file that LAPACK's own BLAS calls resolve to */
    TEPUI_INFO_BLAS_REMEDY = 8,     /* empty, or what to set when BLAS fell back to slow kernels */
    TEPUI_INFO_CERTIFICATES = 9,    /* what tepui_certify runs on, e.g. "MPFR 4.2.0, GMP 6.2.1"; empty: this
                                       build has no certificates */
    TEPUI_INFO_LINEAR_PROGRAMS = 10 /* what solves linear programs, e.g. "Clp 1.17.6"; empty: this build has
                                       none, and leaves neurons with many kinks undetermined */
};
/* *text is owned by the context, valid until the same item is asked again.
 * Errors: TEPUI_ERROR_INVALID_VALUE for an unknown item. */
TEPUI_API tepui_status tepui_info(tepui_context* context, tepui_info_item item, const char** text);

/* Forces the instruction set of all kernels of this process, one of TEPUI_INFO_ISAS; "" frees the choice. Not
 * to be called while another thread computes. The environment variable TEPUI_ISA does the same at first use;
 * if it names none of them, every call with a context fails with TEPUI_ERROR_INVALID_VALUE and a sentence
 * about it until this function has chosen. Errors: TEPUI_ERROR_INVALID_VALUE for a name not available here;
 * nothing changes then. */
TEPUI_API tepui_status tepui_force_isa(tepui_context* context, const char* name);

#ifdef __cplusplus
}
#endif

#endif
