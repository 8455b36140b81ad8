/* Activations, data sets and networks; loss, gradient, Hessian (MATH.md sections 1, 2).
 *
 * Arrays: every sample and every neuron's weights contiguous: x is [n][d] in C order (= [d,n] in Fortran and
 * Julia order), w is [m][d], with a leading dimension >= d. Parameters in one vector: all of W row by row,
 * then a; P = m (d + 1), d counting the bias. Nothing past the declared extent is read or written. */
#ifndef TEPUI_NETWORK_H
#define TEPUI_NETWORK_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tepui_activation tepui_activation;
typedef struct tepui_dataset tepui_dataset;
typedef struct tepui_network tepui_network;

/* ---- Activations ---- */
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
    TEPUI_ACTIVATION_CUSTOM = 64
};

typedef int32_t tepui_smoothness;
enum { TEPUI_SMOOTHNESS_C2 = 2, TEPUI_SMOOTHNESS_C3 = 3, TEPUI_SMOOTHNESS_ANALYTIC = 4 };
typedef int32_t tepui_parity;
enum { TEPUI_PARITY_NONE = 0, TEPUI_PARITY_ODD = 1, TEPUI_PARITY_EVEN = 2 };

/* Fills sigma, sigma', sigma'', sigma''' of z[0..count) into those arrays that are not null. Returns 0 on success.
 * Called from several threads at once; the arrays do not overlap. third is null unless the activation was
 * declared C3 or analytic. */
typedef int32_t (*tepui_activation_function)(void* user, int64_t count, const double* z, double* value,
                                             double* first, double* second, double* third);

/* A built-in activation. Owned by the caller: tepui_activation_destroy. */
TEPUI_API tepui_status tepui_activation_create(tepui_context* context, tepui_activation_kind kind,
                                               tepui_activation** activation);
/* A built-in one by name: "tanh", "sigmoid", "softplus", "erf", "gelu", "silu", "sin", "gaussian", "square",
 * "cube", "relu3", "arctan", "identity", "exp". */
TEPUI_API tepui_status tepui_activation_create_named(tepui_context* context, const char* name,
                                                     tepui_activation** activation);
/* The caller's own. What is declared decides which theorems are applied: declare only what holds. polynomial
 * and flat_on_negatives (constant for z <= 0) are 0 or 1. */
TEPUI_API tepui_status tepui_activation_create_custom(tepui_context* context,
                                                      tepui_activation_function function, void* user,
                                                      tepui_smoothness smoothness, int32_t polynomial,
                                                      tepui_parity parity, int32_t flat_on_negatives,
                                                      tepui_activation** activation);
TEPUI_API void tepui_activation_destroy(tepui_activation* activation);
TEPUI_API const char* tepui_activation_name(const tepui_activation* activation);

/* sigma and its derivatives of z[0..count); any output may be null. Built-in ones: within 4 ulp (MATH.md
 * section 2). */
TEPUI_API tepui_status tepui_activation_evaluate(tepui_context* context, const tepui_activation* activation,
                                                 int64_t count, const double* z, double* value, double* first,
                                                 double* second, double* third);

/* ---- Data sets ---- */
typedef int32_t tepui_dataset_flags;
enum {
    TEPUI_DATASET_BORROW = 0, /* default: the arrays are the caller's and must outlive the data set */
    TEPUI_DATASET_COPY = 1,   /* copied now */
    TEPUI_DATASET_BIAS =
        2, /* adds a constant-one input after the last column; x itself is not copied for it */
    TEPUI_DATASET_MEAN_LOSS = 4 /* divides the loss and its derivatives by the sum of the sample weights */
};

/* n >= 1 samples x[k * ldx + j], d >= 1 columns, ldx >= d, targets y[n], sample weights[n] >= 0 with a
 * positive sum (null: all 1). Everything must be finite. Owned by the caller: tepui_dataset_destroy. */
TEPUI_API tepui_status tepui_dataset_create(tepui_context* context, int64_t n, int64_t d, const double* x,
                                            int64_t ldx, const double* y, const double* weights,
                                            tepui_dataset_flags flags, tepui_dataset** dataset);
TEPUI_API void tepui_dataset_destroy(tepui_dataset* dataset);
TEPUI_API int64_t tepui_dataset_samples(const tepui_dataset* dataset);
TEPUI_API int64_t tepui_dataset_inputs(const tepui_dataset* dataset); /* d, with the bias */

/* ---- Networks ---- */
/* f(x) = sum_i a[i] sigma(w_i . x): m >= 1 neurons, d inputs (with the bias), w[i * ldw + j], a[m]. Values
 * are copied; the activation must outlive only this call (a custom one's function and user pointer must
 * outlive the network). */
TEPUI_API tepui_status tepui_network_create(tepui_context* context, const tepui_activation* activation,
                                            int64_t m, int64_t d, const double* w, int64_t ldw,
                                            const double* a, tepui_network** network);
TEPUI_API void tepui_network_destroy(tepui_network* network);
TEPUI_API int64_t tepui_network_width(const tepui_network* network);
TEPUI_API int64_t tepui_network_inputs(const tepui_network* network);
TEPUI_API int64_t tepui_network_parameter_count(const tepui_network* network);
/* All P parameters, W row by row then a: borrowed, valid while the network lives. */
TEPUI_API const double* tepui_network_parameters(const tepui_network* network);

/* ---- The objective: L = 1/2 sum_k s_k r_k^2, r = f - y ---- */
TEPUI_API tepui_status tepui_loss(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, double* loss);
/* outputs[n], residuals[n]; either may be null. */
TEPUI_API tepui_status tepui_outputs(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, double* outputs, double* residuals);
/* gradient[P]; magnitude[P] (may be null): the sum of the absolute values of each component's terms; loss may
 * be null. */
TEPUI_API tepui_status tepui_gradient(tepui_context* context, const tepui_dataset* dataset,
                                      const tepui_network* network, double* loss, double* gradient,
                                      double* magnitude);
/* hessian[i * ld + j], ld >= P, full symmetric. */
TEPUI_API tepui_status tepui_hessian(tepui_context* context, const tepui_dataset* dataset,
                                     const tepui_network* network, double* hessian, int64_t ld);
/* product[P] = Hessian * direction[P], without forming the Hessian; the two may not overlap. */
TEPUI_API tepui_status tepui_hessian_vector(tepui_context* context, const tepui_dataset* dataset,
                                            const tepui_network* network, const double* direction,
                                            double* product);

#ifdef __cplusplus
}
#endif

#endif
