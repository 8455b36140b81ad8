/* The library from plain C11: the numbers of the ABI are pinned, and handles go in and out. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tepui/tepui.h"

#define PINNED(name, number) _Static_assert((name) == (number), #name " has moved")

PINNED(TEPUI_OK, 0);
PINNED(TEPUI_ERROR_NULL_POINTER, 1);
PINNED(TEPUI_ERROR_INVALID_SIZE, 2);
PINNED(TEPUI_ERROR_NOT_FINITE, 3);
PINNED(TEPUI_ERROR_INVALID_VALUE, 4);
PINNED(TEPUI_ERROR_OUT_OF_MEMORY, 5);
PINNED(TEPUI_ERROR_CANCELLED, 6);
PINNED(TEPUI_ERROR_NOT_STATIONARY, 7);
PINNED(TEPUI_ERROR_UNSUPPORTED, 8);
PINNED(TEPUI_ERROR_NUMERIC, 9);
PINNED(TEPUI_ERROR_CALLBACK, 10);
PINNED(TEPUI_ERROR_INTERNAL, 11);
PINNED(TEPUI_OPTION_THREADS, 100);
PINNED(TEPUI_OPTION_SEED, 110);
PINNED(TEPUI_OPTION_GATHERED_VALUES, 120);
PINNED(TEPUI_TRAFFIC_PASSES, 1);
PINNED(TEPUI_TRAFFIC_ROUNDS, 2);
PINNED(TEPUI_TRAFFIC_MESSAGES, 3);
PINNED(TEPUI_TRAFFIC_BYTES_SENT, 4);
PINNED(TEPUI_TRAFFIC_BYTES_RECEIVED, 5);
PINNED(TEPUI_OPTION_STATIONARITY, 200);
PINNED(TEPUI_OPTION_ROUNDING_FACTOR, 210);
PINNED(TEPUI_OPTION_ZERO_LOSS_FACTOR, 220);
PINNED(TEPUI_OPTION_NEURON_METHOD, 230);
PINNED(TEPUI_OPTION_ANALYSIS_SCOPE, 240);
PINNED(TEPUI_OPTION_HESSIAN_METHOD, 250);
PINNED(TEPUI_OPTION_SOLVE_TARGET, 300);
PINNED(TEPUI_OPTION_SOLVE_STARTS, 310);
PINNED(TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 320);
PINNED(TEPUI_OPTION_SOLVE_TOLERANCE, 330);
PINNED(TEPUI_OPTION_SOLVE_DIVERGENCE, 340);
PINNED(TEPUI_OPTION_REDUCE_WEIGHTS, 400);
PINNED(TEPUI_OPTION_REDUCE_OUTPUTS, 410);
PINNED(TEPUI_INFO_ISA, 1);
PINNED(TEPUI_INFO_BLAS_REMEDY, 8);
PINNED(TEPUI_INFO_CERTIFICATES, 9);
PINNED(TEPUI_INFO_LINEAR_PROGRAMS, 10);
PINNED(TEPUI_CERTIFICATE_CLAIM, 1);
PINNED(TEPUI_CERTIFICATE_APPROXIMATION, 2);
PINNED(TEPUI_CERTIFICATE_EXISTENCE, 3);
PINNED(TEPUI_CERTIFICATE_HESSIAN, 4);
PINNED(TEPUI_CERTIFICATE_LOSS, 5);
PINNED(TEPUI_CERTIFICATE_INNER_HESSIAN, 6);
PINNED(TEPUI_ACTIVATION_TANH, 1);
PINNED(TEPUI_ACTIVATION_EXP, 14);
PINNED(TEPUI_ACTIVATION_NORMAL_CDF, 15);
PINNED(TEPUI_ACTIVATION_GELU_TANH, 16);
PINNED(TEPUI_ACTIVATION_SIGMOID_SOFTPLUS, 17);
PINNED(TEPUI_ACTIVATION_SELU, 18);
PINNED(TEPUI_ACTIVATION_RELU, 32);
PINNED(TEPUI_ACTIVATION_ABS, 34);
PINNED(TEPUI_ACTIVATION_CUSTOM, 64);
PINNED(TEPUI_DATASET_BORROW, 0);
PINNED(TEPUI_DATASET_COPY, 1);
PINNED(TEPUI_DATASET_BIAS, 2);
PINNED(TEPUI_DATASET_MEAN_LOSS, 4);
PINNED(TEPUI_SOLVE_MINIMUM, 1);
PINNED(TEPUI_SOLVE_STATIONARY, 2);
PINNED(TEPUI_START_CONVERGED, 1);
PINNED(TEPUI_START_CANCELLED, 3);
PINNED(TEPUI_TRACE_AT_REST, 1);
PINNED(TEPUI_TRACE_CANCELLED, 5);
PINNED(TEPUI_VERDICT_LOCAL_MINIMUM, 1);
PINNED(TEPUI_VERDICT_NOT_STATIONARY, 4);
PINNED(TEPUI_VERDICT_INDICATED_MINIMUM, 5);
PINNED(TEPUI_RULE_GRADIENT_TEST, 1);
PINNED(TEPUI_RULE_SMALLEST_RITZ_VALUE, 9);
PINNED(TEPUI_HESSIAN_METHOD_AUTOMATIC, 0);
PINNED(TEPUI_HESSIAN_METHOD_MATRIX_FREE, 2);
PINNED(TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE, 10);
PINNED(TEPUI_RULE_LEMMA_4, 17);
PINNED(TEPUI_RULE_NARROW_POINT_UNDETERMINED, 22);
PINNED(TEPUI_RULE_NEURONS_ALONE, 30);
PINNED(TEPUI_RULE_KINK, 34);
PINNED(TEPUI_NEURON_METHOD_AUTOMATIC, 0);
PINNED(TEPUI_NEURON_METHOD_MATRIX_FREE, 3);
PINNED(TEPUI_SCOPE_COMPLETE, 1);
PINNED(TEPUI_SCOPE_NEURONS, 2);
PINNED(TEPUI_POSITIVE_DEFINITE, 1);
PINNED(TEPUI_ZERO, 6);
PINNED(TEPUI_PLATEAU_ALL_LOCAL_MINIMA, 1);
PINNED(TEPUI_PLATEAU_NOT_APPLICABLE, 5);
PINNED(TEPUI_REGION_NONE, 0);
PINNED(TEPUI_REGION_WITH_A_ZERO, 6);
PINNED(TEPUI_NEURON_DAUGHTER, 1);
PINNED(TEPUI_NEURON_IDLE, 4);
PINNED(TEPUI_REGION_FOURTH_ORDER_POSITIVE, 10);
PINNED(TEPUI_REGION_FOURTH_ORDER_NEGATIVE, 11);
PINNED(TEPUI_RULE_FOURTH_ORDER, 24);
PINNED(TEPUI_RULE_SEVERAL_FOURTH_ORDER, 25);
PINNED(TEPUI_RULE_LEAST_SQUARES_FIT, 26);
PINNED(TEPUI_RULE_RESIDUALS_WITHIN_SLACK, 27);
PINNED(TEPUI_RULE_CANCELLED_GROUP, 7);
PINNED(TEPUI_RULE_EVERY_GROUP_MINIMUM, 8);
PINNED(TEPUI_RULE_THIRD_ORDER, 18);
PINNED(TEPUI_RULE_SYMMETRY_ORBIT, 23);
PINNED(TEPUI_RULE_THEOREM_1_ACROSS_SYMMETRY, 19);
PINNED(TEPUI_GROUP_PARENT, 1);
PINNED(TEPUI_GROUP_CANCELLED, 3);
PINNED(TEPUI_BRANCH_GLOBAL_MINIMA, 1);
PINNED(TEPUI_BRANCH_UNDETERMINED, 7);
PINNED(TEPUI_MEETING_YES, 1);
PINNED(TEPUI_MEETING_UNDETERMINED, 3);

_Static_assert(sizeof(tepui_status) == 4 && sizeof(tepui_option) == 4 && sizeof(tepui_verdict) == 4,
               "enumerations are 32-bit integers");

static int failures = 0;

static void check(int ok, const char* what, tepui_context* context) {
    if (ok) return;
    ++failures;
    fprintf(stderr, "%s: %s\n", what, tepui_context_message(context));
}

int main(void) {
    const double x[4] = {-1.0, 0.5, 1.0, 2.0}, y[4] = {0.0, 1.0, 1.0, 0.5}, w[1] = {0.7}, a[1] = {1.5};
    const double nan[1] = {NAN};
    double loss = -1.0;
    int64_t threads = 0;
    tepui_context* context = NULL;
    tepui_activation* activation = NULL;
    tepui_dataset* dataset = NULL;
    tepui_network* network = NULL;
    tepui_network* wide = NULL;
    tepui_reduction* reduction = NULL;
    const tepui_neuron_role roles[2] = {TEPUI_NEURON_DAUGHTER, TEPUI_NEURON_DAUGHTER};
    const int64_t groups[2] = {0, 0};
    const double gammas[2] = {0.25, 0.75};

    check(tepui_context_create(&context) == TEPUI_OK && context != NULL, "context", context);
    check(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1) == TEPUI_OK, "set threads", context);
    check(tepui_context_get_integer(context, TEPUI_OPTION_THREADS, &threads) == TEPUI_OK && threads == 1,
          "get threads", context);
    check(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &activation) == TEPUI_OK, "activation",
          context);
    check(tepui_dataset_create(context, 4, 1, x, 1, y, NULL, TEPUI_DATASET_COPY, &dataset) == TEPUI_OK,
          "dataset", context);
    check(tepui_network_create(context, activation, 1, 1, w, 1, a, &network) == TEPUI_OK, "network", context);
    check(tepui_loss(context, dataset, network, &loss) == TEPUI_OK && loss > 0.0, "loss", context);
    check(tepui_network_create(context, activation, 1, 1, w, 1, nan, &network) == TEPUI_ERROR_NOT_FINITE &&
              strstr(tepui_context_message(context), "a[0] is") != NULL,
          "refusal of NaN", context);
    check(tepui_embed(context, network, 2, roles, groups, NULL, gammas, NULL, 0, &wide) == TEPUI_OK, "embed",
          context);
    check(tepui_reduce(context, wide, dataset, &reduction) == TEPUI_OK &&
              tepui_reduction_neurons(reduction) == 2 && tepui_reduction_coefficients(reduction)[0] == 0.25 &&
              tepui_network_width(tepui_reduction_network(reduction)) == 1,
          "reduce", context);
    tepui_reduction_destroy(reduction);
    tepui_network_destroy(wide);
    tepui_network_destroy(network);
    tepui_dataset_destroy(dataset);
    tepui_activation_destroy(activation);
    tepui_context_destroy(context);
    return failures;
}
