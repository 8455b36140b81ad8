/* Ends at infinity (MATH.md section 13): where a descent runs off, what the network becomes in the limit and
 * what that limit is. tepui_solution_report tells of them, under ends (src/docs/INFINITY.md).
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[20], y[20];
 *         for (int k = 0; k < 20; ++k) y[k] = (x[k] = -1.9 + 0.2 * k) < 0.0 ? -1.0 : 1.0;
 *         tepui_context* context;
 *         tepui_activation* tanh;
 *         tepui_dataset* data;
 *         tepui_solution* fits;
 *         const tepui_report* report;
 *         const char *verdict, *unit;
 *         int failed =
 *             tepui_context_create(&context) || tepui_activation_create_named(context, "tanh", &tanh) ||
 *             tepui_dataset_create(context, 20, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *             tepui_solve(context, data, tanh, 1, &fits) || tepui_solution_report(context, fits, &report) ||
 *             tepui_report_text(context, report, "ends/0/verdict", &verdict) ||
 *             tepui_report_text(context, report, "ends/0/units/0/kind", &unit);
 *         if (failed) return 1;
 *         printf("a %s at infinity: neuron 0 is %s\n", verdict, unit);
 *         tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(tanh), tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_INFINITY_H
#define TEPUI_INFINITY_H

#include "solve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one to three neurons become in the limit. z = w . h, t = v . h, s = q . h, h the inputs, bias
 * included. */
typedef int32_t tepui_unit_kind;
enum {
    TEPUI_UNIT_NEURON = 1,    /* stays finite: a sigma(z) */
    TEPUI_UNIT_CHANNEL = 2,   /* two neurons meet, outputs of opposite sign grow: c sigma(z) + alpha t
                                 sigma'(z) */
    TEPUI_UNIT_LINEAR = 3,    /* input weights vanish, the output weight grows: alpha t */
    TEPUI_UNIT_SATURATED = 4, /* hidden weights grow: a step across a hyperplane; samples on it keep a finite
                                 z */
    TEPUI_UNIT_RECTIFIED = 5, /* hidden weights grow, the output weight falls: alpha max(0, t) */
    TEPUI_UNIT_EXPONENTIAL = 6, /* the bias runs into a tail, the output weight grows: alpha exp(t) */
    TEPUI_UNIT_CUBIC = 7, /* the input weights of two neurons vanish along one line: linear + alpha t^3 */
    TEPUI_UNIT_EXPONENTIAL_CHANNEL = 8, /* two neurons meet in a tail: (c + alpha t) exp(z) */
    TEPUI_UNIT_TRIPLE_CHANNEL = 9,      /* three neurons meet, along one line at first: c sigma(z) + alpha t
                                           sigma'(z) + beta (t^2 sigma''(z) / 2 + s sigma'(z)) */
    TEPUI_UNIT_EXPONENTIAL_PAIR = 10,   /* two neurons run into one tail, their outputs of opposite sign grow
                                           like its square: c exp(z) + beta (exp(2 z) + s exp(z)) */
    TEPUI_UNIT_QUADRATIC = 11,          /* the input weights of two neurons vanish along one line beside an
                                           output bias: alpha t + beta (t^2 + s) */
    TEPUI_UNIT_SQUARE = 12,             /* the input weights vanish where sigma' = 0, the output weight grows
                                           like their inverse square beside an output bias: beta t^2 */
    TEPUI_UNIT_ASYMPTOTE = 13           /* under weight decay: the hidden bias grows, which does not decay, to
                                           where sigma(z) - z is constant; the output bias takes up the rest:
                                           a t, its weights held by decay */
};

/* What an end at infinity is. */
typedef int32_t tepui_end_verdict;
enum {
    TEPUI_END_MINIMUM = 1, /* no network nearby has a smaller loss than the limit */
    TEPUI_END_SADDLE = 2,  /* some network nearby has: it is given */
    TEPUI_END_UNDETERMINED = 3
};

/* What decided. */
typedef int32_t tepui_end_rule;
enum {
    TEPUI_END_RULE_ZERO_LOSS = 1,
    TEPUI_END_RULE_DEFINITE = 2,            /* boundary Hessian definite, the loss grows across: minimum */
    TEPUI_END_RULE_NEGATIVE_EIGENVALUE = 3, /* of the boundary Hessian: saddle */
    TEPUI_END_RULE_FALLS_ACROSS = 4,        /* the loss falls from the boundary to finite weights: saddle */
    TEPUI_END_RULE_NOT_STATIONARY = 5,      /* the boundary gradient is not zero: nothing is said */
    TEPUI_END_RULE_DEGENERATE = 6,          /* the boundary Hessian has unexplained zero eigenvalues */
    TEPUI_END_RULE_SIGN_OPEN = 7,           /* the sign across is within its error, or no theorem applies */
    TEPUI_END_RULE_NOT_MEASURED = 8,        /* a way down is predicted, none was measured */
    TEPUI_END_RULE_SEPARATED = 9,           /* all classes are told apart: the loss tends to its infimum */
    TEPUI_END_RULE_KINKED_MINIMUM = 10,     /* of ReLU-like neurons, of the samples not told apart */
    TEPUI_END_RULE_KINKS_OPEN = 11          /* likewise, not decided */
};

#ifdef __cplusplus
}
#endif

#endif
