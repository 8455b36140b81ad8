/* Activations, data sets and networks; loss, gradient, Hessian (MATH.md sections 1, 2).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[4] = {-1.0, 0.0, 1.0, 2.0}, y[4] = {0.5, 0.0, 1.0, 1.5};
 *         const double w[4] = {1.0, 0.0, 0.5, -1.0}, a[2] = {1.0, -0.5};
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_network* network;
 *         double loss, gradient[6];
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &tanh) ||
 *                      tepui_dataset_create(context, 4, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_network_create(context, tanh, 2, 2, w, 2, a, &network) ||
 *                      tepui_gradient(context, data, network, &loss, gradient, NULL);
 *         if (failed) return 1;
 *         printf("loss %g, dL/da_1 %g\n", loss, gradient[4]);
 *         tepui_network_destroy(network), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * Arrays: every sample and every neuron's weights contiguous: x is [n][d] in C order (= [d,n] in Fortran and
 * Julia order), w is [m][d], with a leading dimension >= d. Parameters in one vector: all of W row by row,
 * then a; P = m (d + 1), d counting the bias (of other models: models.h). Nothing past the declared extent is
 * read or written. */
#ifndef TEPUI_NETWORK_H
#define TEPUI_NETWORK_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An activation function sigma with its traits. */
typedef struct tepui_activation tepui_activation;
/* Samples, targets and sample weights. */
typedef struct tepui_dataset tepui_dataset;
/* A network of one hidden layer with its parameters. */
typedef struct tepui_network tepui_network;

/* ---- Activations ---- */
/* The built-in activations (MATH.md section 2). */
typedef int32_t tepui_activation_kind;
enum {
    TEPUI_ACTIVATION_TANH = 1,
    TEPUI_ACTIVATION_SIGMOID = 2,
    TEPUI_ACTIVATION_SOFTPLUS = 3,
    TEPUI_ACTIVATION_ERF = 4,  /* erf(z / sqrt 2) */
    TEPUI_ACTIVATION_GELU = 5, /* z Phi(z), exact */
    TEPUI_ACTIVATION_SILU = 6,
    TEPUI_ACTIVATION_SIN = 7,
    TEPUI_ACTIVATION_GAUSSIAN = 8, /* exp(-z^2 / 2) */
    TEPUI_ACTIVATION_SQUARE = 9,   /* z^2 / 2 */
    TEPUI_ACTIVATION_CUBE = 10,
    TEPUI_ACTIVATION_RELU3 = 11, /* max(0, z)^3 */
    TEPUI_ACTIVATION_ARCTAN = 12,
    TEPUI_ACTIVATION_IDENTITY = 13,
    TEPUI_ACTIVATION_EXP = 14,
    TEPUI_ACTIVATION_NORMAL_CDF = 15,       /* Phi(z) = erfc(-z / sqrt 2) / 2 */
    TEPUI_ACTIVATION_GELU_TANH = 16,        /* z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2 */
    TEPUI_ACTIVATION_SIGMOID_SOFTPLUS = 17, /* sigmoid(4 z) + softplus(z) */
    /* 1.0507009873554805 z for z > 0, 1.7580993408473766 (exp(z) - 1) below: sigma' jumps at 0 */
    TEPUI_ACTIVATION_SELU = 18,
    TEPUI_ACTIVATION_RELU = 32,       /* max(0, z) */
    TEPUI_ACTIVATION_LEAKY_RELU = 33, /* z for z >= 0, slope z below; slope 0.01 unless created otherwise */
    TEPUI_ACTIVATION_ABS = 34,        /* |z| */
    TEPUI_ACTIVATION_CUSTOM = 64
};

/* How often an activation can be differentiated, for the caller's own ones. */
typedef int32_t tepui_smoothness;
enum { TEPUI_SMOOTHNESS_C2 = 2, TEPUI_SMOOTHNESS_C3 = 3, TEPUI_SMOOTHNESS_ANALYTIC = 4 };
/* Whether sigma(-z) is -sigma(z) or sigma(z). */
typedef int32_t tepui_parity;
enum { TEPUI_PARITY_NONE = 0, TEPUI_PARITY_ODD = 1, TEPUI_PARITY_EVEN = 2 };

/* Fills sigma and its first three derivatives at z[0..count) into those of the four arrays that are not null;
 * third is always null unless the activation was declared C3 or analytic. Returns 0 on success, anything else
 * to fail the call that needed it with TEPUI_ERROR_CALLBACK; so does a value that is not finite at a finite
 * z, but for an infinity at |z| >= 16: it counts as overflow, as of a built-in activation (a trial point is
 * given up, the given point is TEPUI_ERROR_NUMERIC). Called from several threads at once; the arrays do not
 * overlap. It may not leave by longjmp. */
typedef int32_t (*tepui_activation_function)(void* user, int64_t count, const double* z, double* value,
                                             double* first, double* second, double* third);

/* A built-in activation in *activation, the caller's: tepui_activation_destroy. kind: one of the numbers
 * above but TEPUI_ACTIVATION_CUSTOM. The theory of splits needs two derivatives: functions that rest on it
 * refuse relu, leaky_relu and abs by TEPUI_ERROR_UNSUPPORTED. Points of selu are judged where no z is 0 and
 * undetermined elsewhere (TEPUI_RULE_KINK). Errors: TEPUI_ERROR_INVALID_VALUE. */
TEPUI_API tepui_status tepui_activation_create(tepui_context* context, tepui_activation_kind kind,
                                               tepui_activation** activation);
/* leaky_relu with the given finite slope on negative z. Errors: TEPUI_ERROR_INVALID_VALUE (slope). */
TEPUI_API tepui_status tepui_activation_create_leaky_relu(tepui_context* context, double slope,
                                                          tepui_activation** activation);
/* A built-in activation by name: "tanh", "sigmoid", "softplus", "erf", "gelu", "silu", "sin", "gaussian",
 * "square", "cube", "relu3", "arctan", "identity", "exp", "normal_cdf", "gelu_tanh", "sigmoid_softplus",
 * "selu", "relu", "leaky_relu", "abs"; "leaky_relu:SLOPE" with a number for SLOPE. Errors:
 * TEPUI_ERROR_INVALID_VALUE. */
TEPUI_API tepui_status tepui_activation_create_named(tepui_context* context, const char* name,
                                                     tepui_activation** activation);
/* The caller's own. What is declared decides which theorems are applied: declare only what holds. polynomial
 * and flat_on_negatives (constant for z <= 0) are 0 or 1. function and user stay valid as long as the
 * activation and every network made with it. function is called here once, at z = 0. Errors:
 * TEPUI_ERROR_INVALID_VALUE (an unknown number; flat and analytic; odd and not 0 at 0), TEPUI_ERROR_CALLBACK.
 */
TEPUI_API tepui_status tepui_activation_create_custom(tepui_context* context,
                                                      tepui_activation_function function, void* user,
                                                      tepui_smoothness smoothness, int32_t polynomial,
                                                      tepui_parity parity, int32_t flat_on_negatives,
                                                      tepui_activation** activation);
TEPUI_API void tepui_activation_destroy(tepui_activation* activation);
/* Its name as above ("leaky_relu:0.1" where the slope is not 0.01), "custom" for the caller's own. Borrowed
 * from the activation; never null. */
TEPUI_API const char* tepui_activation_name(const tepui_activation* activation);
/* 1: relu, leaky_relu or abs, whose points tepui_classify_directional judges; 0: another, or null. */
TEPUI_API int32_t tepui_activation_is_relu_like(const tepui_activation* activation);

/* sigma and its derivatives of z[0..count), count >= 0, into arrays of count values; any output may be null.
 * Built-in ones are within 4 ulp, beside a derivative's root within 4 ulp of its largest term (MATH.md
 * section 2), and give NaN for NaN. Runs on the calling thread. Errors: TEPUI_ERROR_INVALID_SIZE (count),
 * TEPUI_ERROR_UNSUPPORTED (third of an activation that is only C2, selu or ReLU-like),
 * TEPUI_ERROR_CALLBACK. At a kink a ReLU-like activation has the derivative of its right side, selu those of
 * its left side; the second derivative of ReLU-like ones is 0. */
TEPUI_API tepui_status tepui_activation_evaluate(tepui_context* context, const tepui_activation* activation,
                                                 int64_t count, const double* z, double* value, double* first,
                                                 double* second, double* third);

/* ---- Data sets ---- */
/* How a data set is made; flags are combined by |. */
typedef int32_t tepui_dataset_flags;
enum {
    TEPUI_DATASET_BORROW = 0,   /* default: the arrays are the caller's, unchanged while the data set lives */
    TEPUI_DATASET_COPY = 1,     /* copied now */
    TEPUI_DATASET_BIAS = 2,     /* adds a constant-one input after the last column, without copying x */
    TEPUI_DATASET_MEAN_LOSS = 4 /* divides the loss and its derivatives by the sum of the sample weights */
};

/* n >= 1 samples x[k * ldx + j], k < n, j < d, of d >= 1 columns, ldx >= d; targets y[n] (null: all 0, until
 * tepui_dataset_set_targets gives others); sample weights s_k = weights[k] >= 0 (null: all 1), n of them with
 * a positive sum. Borrowed or copied according to flags, a sum of the above. Searches, reductions and
 * verdicts bring columns, targets and weights whose largest lies outside [2^-32, 2^32] near 1 by powers of
 * two, exactly: parameters, losses and ways down are given in the caller's units (0 or infinity where a loss
 * there is no double), eigenvalues, gradient norms and tolerances at that scale (src/MATH.md section 10). In
 * *dataset, the caller's: tepui_dataset_destroy. Errors: TEPUI_ERROR_INVALID_SIZE (n, d, ldx, their product),
 * TEPUI_ERROR_NOT_FINITE (x, y, weights; array, index and value are named), TEPUI_ERROR_INVALID_VALUE (flags;
 * weights negative or all zero). */
TEPUI_API tepui_status tepui_dataset_create(tepui_context* context, int64_t n, int64_t d, const double* x,
                                            int64_t ldx, const double* y, const double* weights,
                                            tepui_dataset_flags flags, tepui_dataset** dataset);
/* The same with x in single precision: kept as it is, half the memory and memory traffic, and converted to
 * double, exactly, block by block where it is used. Results are those of the same numbers in double
 * precision, bit by bit. */
TEPUI_API tepui_status tepui_dataset_create_f32(tepui_context* context, int64_t n, int64_t d, const float* x,
                                                int64_t ldx, const double* y, const double* weights,
                                                tepui_dataset_flags flags, tepui_dataset** dataset);

/* Fills samples first .. first + count - 1: x[count * d], each sample contiguous, and y[count] and
 * weights[count] where these are not null: weights never unless the data set is weighted. Returns 0, or
 * anything else to end the call that needed the samples with TEPUI_ERROR_CALLBACK. Called from threads of the
 * library, never two at once, for any samples in any order and many times: each pass over the data asks for x
 * again, the same numbers every time. It may not use a context of a call under way, nor leave by an exception
 * or longjmp. */
typedef int32_t (*tepui_chunk_function)(void* user, int64_t first, int64_t count, double* x, double* y,
                                        double* weights);

/* A data set that need not fit in memory: n >= 1 samples of d >= 1 columns that function fills piece by piece
 * into buffers of the library. weighted: 1 when it fills weights, 0 when all are 1. All samples are read once
 * now; targets and weights are kept. Everything computed from the data set is what the same numbers in memory
 * give, bit by bit. flags: TEPUI_DATASET_BIAS and TEPUI_DATASET_MEAN_LOSS. function and user stay valid while
 * the data set lives. In *dataset, the caller's: tepui_dataset_destroy. Errors: as tepui_dataset_create, and
 * TEPUI_ERROR_INVALID_VALUE (weighted, TEPUI_DATASET_COPY), TEPUI_ERROR_CALLBACK, which any later call with
 * the data set may end with, too. */
TEPUI_API tepui_status tepui_dataset_create_chunked(tepui_context* context, int64_t n, int64_t d,
                                                    tepui_chunk_function function, void* user,
                                                    int32_t weighted, tepui_dataset_flags flags,
                                                    tepui_dataset** dataset);
TEPUI_API void tepui_dataset_destroy(tepui_dataset* dataset);
/* n. */
TEPUI_API int64_t tepui_dataset_samples(const tepui_dataset* dataset);
/* d of MATH.md: the columns of x, and one more with a bias. */
TEPUI_API int64_t tepui_dataset_inputs(const tepui_dataset* dataset);

/* ---- Networks ---- */
/* f(x) = sum_i a[i] sigma(w_i . x): m >= 0 neurons (f = 0 without any, w and a may be null then) of d >= 1
 * inputs (with the bias, which is the last), w[i * ldw + j], ldw >= d, a[m]. All is copied, the activation
 * too (a custom one's function and user pointer stay valid while the network lives). In *network, the
 * caller's: tepui_network_destroy. Errors: TEPUI_ERROR_INVALID_SIZE (m, d, ldw, m (d + 1)),
 * TEPUI_ERROR_NOT_FINITE (w, a). */
TEPUI_API tepui_status tepui_network_create(tepui_context* context, const tepui_activation* activation,
                                            int64_t m, int64_t d, const double* w, int64_t ldw,
                                            const double* a, tepui_network** network);
TEPUI_API void tepui_network_destroy(tepui_network* network);
/* m, d and P. */
TEPUI_API int64_t tepui_network_width(const tepui_network* network);
TEPUI_API int64_t tepui_network_inputs(const tepui_network* network);
TEPUI_API int64_t tepui_network_parameter_count(const tepui_network* network);
/* All P parameters. Borrowed from the network. */
TEPUI_API const double* tepui_network_parameters(const tepui_network* network);

/* ---- The objective: L = 1/2 sum_k s_k r_k^2, r = f - y (MATH.md section 1), of any model (models.h) ----
 *
 * Sums over samples stream in blocks: memory does not grow with n. All report progress.
 * Errors of each: TEPUI_ERROR_INVALID_SIZE (the inputs of dataset and network differ, or a leading
 * dimension), TEPUI_ERROR_NUMERIC (an activation or a residual overflows; the sample is named),
 * TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */

/* L in *loss. */
TEPUI_API tepui_status tepui_loss(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, double* loss);
/* f(x_k) in outputs[n][K] and f - y in residuals[n][K]; either may be null. */
TEPUI_API tepui_status tepui_outputs(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, double* outputs, double* residuals);
/* gradient[P] in parameter order; magnitude[P], which may be null: the sum of the absolute values of each
 * component's terms, beside which a component is large or small; L in *loss, which may be null. */
TEPUI_API tepui_status tepui_gradient(tepui_context* context, const tepui_dataset* dataset,
                                      const tepui_network* network, double* loss, double* gradient,
                                      double* magnitude);
/* hessian[i * ld + j], i, j < P, full symmetric, ld >= P; nothing between P and ld is written. */
TEPUI_API tepui_status tepui_hessian(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, double* hessian, int64_t ld);
/* product[P] = Hessian * direction[P], without forming the Hessian. Errors also: TEPUI_ERROR_NOT_FINITE
 * (direction). */
TEPUI_API tepui_status tepui_hessian_vector(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, const double* direction,
                                            double* product);

#ifdef __cplusplus
}
#endif

#endif
