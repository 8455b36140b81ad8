/* The loss and its derivatives at one parameter vector after the other, for solvers and samplers (MATH.md
 * section 1). A complete program:
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[] = {-1, 0, 1, 2}, y[] = {-0.8, 0.1, 0.7, 1.1};
 *         double theta[] = {1, 0, 1}, gradient[3], loss = 0;
 *         tepui_context* context = NULL;
 *         tepui_activation* tanh_ = NULL;
 *         tepui_dataset* data = NULL;
 *         tepui_network* network = NULL;
 *         tepui_objective* objective = NULL;
 *         if (tepui_context_create(&context) != TEPUI_OK) return 1;
 *         if (tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &tanh_) == TEPUI_OK &&
 *             tepui_dataset_create(context, 4, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) == TEPUI_OK &&
 *             tepui_network_create(context, tanh_, 1, 2, theta, 2, theta + 2, &network) == TEPUI_OK &&
 *             tepui_objective_create(context, data, network, &objective) == TEPUI_OK) {
 *             for (int step = 0; step < 200; ++step) {
 *                 if (tepui_objective_gradient(context, objective, theta, &loss, gradient)) break;
 *                 for (int p = 0; p < 3; ++p) theta[p] -= 0.1 * gradient[p];
 *             }
 *         }
 *         puts(tepui_context_message(context));
 *         printf("loss %.4f\n", loss);
 *         tepui_objective_destroy(objective);
 *         tepui_network_destroy(network);
 *         tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh_);
 *         tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_OBJECTIVE_H
#define TEPUI_OBJECTIVE_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The loss of one data set as a function of the P parameters of one kind of network. It keeps all room that
 * its calls need: after the first call of a kind, and of each larger number of threads, further ones allocate
 * nothing but scratch of the kernels, which they give back. Used by one thread at a time; different
 * objectives are independent. */
typedef struct tepui_objective tepui_objective;

/* Of networks with the activation, width and inputs of this one, which is copied. The data set must outlive
 * the objective. In *objective, the caller's: tepui_objective_destroy. Errors: TEPUI_ERROR_INVALID_SIZE (the
 * inputs of dataset and network differ). */
TEPUI_API tepui_status tepui_objective_create(tepui_context* context, const tepui_dataset* dataset,
                                              const tepui_network* network, tepui_objective** objective);
TEPUI_API void tepui_objective_destroy(tepui_objective* objective);
/* P of the network. */
TEPUI_API int64_t tepui_objective_parameter_count(const tepui_objective* objective);

/* ---- The objective at parameters[P], in the order of the network ----
 *
 * The same numbers, bit by bit, as tepui_loss, tepui_gradient, tepui_hessian and tepui_hessian_vector give
 * for a network with these parameters. All report progress. After an error the objective is as good as
 * before. Errors of each: TEPUI_ERROR_NOT_FINITE (parameters), TEPUI_ERROR_NUMERIC (an activation or a
 * residual overflows; the sample is named), TEPUI_ERROR_UNSUPPORTED (the activation lacks a derivative),
 * TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */

/* L in *loss. */
TEPUI_API tepui_status tepui_objective_loss(tepui_context* context, tepui_objective* objective,
                                            const double* parameters, double* loss);
/* gradient[P]; L in *loss, which may be null. */
TEPUI_API tepui_status tepui_objective_gradient(tepui_context* context, tepui_objective* objective,
                                                const double* parameters, double* loss, double* gradient);
/* hessian[i * ld + j], i, j < P, full symmetric, ld >= P; nothing between P and ld is written. L in *loss,
 * which may be null; gradient[P], which may be null. Errors also: TEPUI_ERROR_INVALID_SIZE (ld). */
TEPUI_API tepui_status tepui_objective_hessian(tepui_context* context, tepui_objective* objective,
                                               const double* parameters, double* loss, double* gradient,
                                               double* hessian, int64_t ld);
/* product[P] = Hessian * direction[P], without forming the Hessian. Errors also: TEPUI_ERROR_NOT_FINITE
 * (direction). */
TEPUI_API tepui_status tepui_objective_hessian_vector(tepui_context* context, tepui_objective* objective,
                                                      const double* parameters, const double* direction,
                                                      double* product);

#ifdef __cplusplus
}
#endif

#endif
