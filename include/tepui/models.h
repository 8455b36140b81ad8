/* Several outputs, other losses, weight decay; networks with output biases, skip connections and an
 * activation of each neuron (MATH.md section 1).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[5] = {-2, -1, 0, 1, 2};
 *         const int64_t classes[5] = {0, 0, 1, 2, 2};
 *         double theta[2 * 2 + 2 * 3 + 3] = {1, 0, 1, -1, 1, 0, -1, 0, 1, -1}, loss, gradient[13];
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_network* network;
 *         int failed =
 *             tepui_context_create(&context) || tepui_activation_create_named(context, "tanh", &tanh) ||
 *             tepui_dataset_create(context, 5, 1, x, 1, NULL, NULL, TEPUI_DATASET_BIAS, &data) ||
 *             tepui_dataset_set_classes(context, data, 3, classes) ||
 *             tepui_dataset_set_decay(context, data, 0.01, 0, 0.01, 0, 0) ||
 *             tepui_network_create_model(context, tanh, 2, 2, 3, TEPUI_MODEL_OUTPUT_BIAS, theta, &network) ||
 *             tepui_gradient(context, data, network, &loss, gradient, NULL);
 *         if (failed) return 1;
 *         printf("loss %g, its slope by the first output bias %g\n", loss, gradient[10]);
 *         tepui_network_destroy(network), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * With K outputs f(x) = sum_i a_i sigma_i(w_i . x) + b + C x, a_i and b in R^K, and
 * L = sum_k s_k l(f(x_k), y_k) + 1/2 sum_p lambda_p theta_p^2.
 * Parameters in one vector: W row by row, the output weights a[m][K], b[K] where there are output biases,
 * C[K][d] where there are skip connections. Functions that do not take such a model refuse it by
 * TEPUI_ERROR_UNSUPPORTED and say why. */
#ifndef TEPUI_MODELS_H
#define TEPUI_MODELS_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a data set is compared by ---- */
/* The losses l(f, y) of one sample, summed over the outputs but for the softmax. */
typedef int32_t tepui_loss_kind;
enum {
    TEPUI_LOSS_SQUARED = 1,      /* (f - y)^2 / 2 */
    TEPUI_LOSS_LOGISTIC = 2,     /* log(1 + e^f) - y f, y in [0, 1] */
    TEPUI_LOSS_SOFTMAX = 3,      /* log(sum_o e^f_o) - y . f, y >= 0 with sum 1 */
    TEPUI_LOSS_POISSON = 4,      /* e^f - y f + y log y - y, y >= 0: half the deviance */
    TEPUI_LOSS_PSEUDO_HUBER = 5, /* delta^2 (sqrt(1 + (f - y)^2 / delta^2) - 1), delta > 0 */
    TEPUI_LOSS_CUSTOM = 64       /* the caller's: tepui_dataset_set_custom_loss */
};

/* Gives a data set that no call has used yet `outputs` targets a sample, y[n][outputs], which are copied, and
 * the loss: any but TEPUI_LOSS_CUSTOM. parameter: delta of TEPUI_LOSS_PSEUDO_HUBER, 0 for the others. The
 * data set may have been created without targets, chunked or in single precision. Errors:
 * TEPUI_ERROR_INVALID_SIZE (outputs < 1, n outputs), TEPUI_ERROR_INVALID_VALUE (loss, parameter, a target
 * that the loss does not take), TEPUI_ERROR_NOT_FINITE (y, parameter). After an error the data set is as it
 * was. */
TEPUI_API tepui_status tepui_dataset_set_targets(tepui_context* context, tepui_dataset* dataset,
                                                 tepui_loss_kind loss, double parameter, int64_t outputs,
                                                 const double* y);
/* The softmax loss with the class labels[n] of every sample, 0 <= labels[k] < classes, classes >= 2: one
 * output a class. Errors: TEPUI_ERROR_INVALID_SIZE (classes), TEPUI_ERROR_INVALID_VALUE (labels). */
TEPUI_API tepui_status tepui_dataset_set_classes(tepui_context* context, tepui_dataset* dataset,
                                                 int64_t classes, const int64_t* labels);

/* Fills for each of `count` samples value[count], gradient[count][outputs] by f and hessian[count][outputs]
 * [outputs], symmetric, from f[count][outputs] and y[count][outputs]. Returns 0, or anything else to end the
 * call that needed the loss with TEPUI_ERROR_CALLBACK. Called from several threads at once; the arrays do not
 * overlap. It may not leave by an exception or longjmp. */
typedef int32_t (*tepui_loss_function)(void* user, int64_t count, int64_t outputs, const double* f,
                                       const double* y, double* value, double* gradient, double* hessian);
/* The caller's own loss, twice continuously differentiable in f. convex: 1 when it is convex in f for every
 * y, else 0; what is declared decides which theorems are applied. function and user stay valid as long as the
 * data set. Errors: as tepui_dataset_set_targets. */
TEPUI_API tepui_status tepui_dataset_set_custom_loss(tepui_context* context, tepui_dataset* dataset,
                                                     tepui_loss_function function, void* user, int32_t convex,
                                                     int64_t outputs, const double* y);

/* Gives a data set that no call has used yet weight decay: lambda >= 0 for each block of the parameters, W
 * but for the weights of the bias input, these, a, b, C (whose column of the bias input goes with b). Sample
 * weights and TEPUI_DATASET_MEAN_LOSS do not change it. Errors: TEPUI_ERROR_INVALID_VALUE (negative),
 * TEPUI_ERROR_NOT_FINITE.
 *
 * As others have it, to reach their stationary points: scikit-learn's alpha with n samples is
 * TEPUI_DATASET_MEAN_LOSS and lambda = alpha / n for W, a (biases 0). nnet's decay (biases included) without
 * TEPUI_DATASET_MEAN_LOSS is lambda = decay for the squared loss, which nnet takes without 1/2, and
 * lambda = 2 decay for entropy and softmax. */
TEPUI_API tepui_status tepui_dataset_set_decay(tepui_context* context, tepui_dataset* dataset, double weights,
                                               double hidden_biases, double outputs, double output_biases,
                                               double skip);
/* K: targets of a sample; the loss. */
TEPUI_API int64_t tepui_dataset_outputs(const tepui_dataset* dataset);
TEPUI_API tepui_loss_kind tepui_dataset_loss(const tepui_dataset* dataset);

/* ---- Networks ---- */
/* What a network has beside its neurons; flags are combined by |. */
typedef int32_t tepui_model_flags;
enum {
    TEPUI_MODEL_PLAIN = 0,
    TEPUI_MODEL_OUTPUT_BIAS = 1, /* b */
    TEPUI_MODEL_SKIP = 2 /* C: every input to every output; with a bias input an output bias as well */
};

/* A network of m >= 0 neurons of d >= 1 inputs (with the bias, which is the last) and `outputs` >= 1 outputs,
 * with parameters[P], P = m d + (m + 1 where there are output biases + d where there are skip connections)
 * outputs, in the order above; all copied. Errors: as tepui_network_create, TEPUI_ERROR_INVALID_SIZE
 * (outputs), TEPUI_ERROR_INVALID_VALUE (flags). */
TEPUI_API tepui_status tepui_network_create_model(tepui_context* context, const tepui_activation* activation,
                                                  int64_t m, int64_t d, int64_t outputs,
                                                  tepui_model_flags flags, const double* parameters,
                                                  tepui_network** network);
/* Gives neuron `neuron` of a network that no call has used yet an activation of its own. Errors:
 * TEPUI_ERROR_INVALID_SIZE (neuron). */
TEPUI_API tepui_status tepui_network_set_activation(tepui_context* context, tepui_network* network,
                                                    int64_t neuron, const tepui_activation* activation);
TEPUI_API int64_t tepui_network_outputs(const tepui_network* network);
TEPUI_API tepui_model_flags tepui_network_flags(const tepui_network* network);

#ifdef __cplusplus
}
#endif

#endif
