/* Certificates: verdicts that are theorems. In ball arithmetic (over MPFR), every double of the data and of
 * the network taken exactly, it is proven that a box around the analysed point holds exactly one stationary
 * point (the Newton map contracts it), that its Hessian over the box has the claimed signs and every inner
 * Hessian too (congruence with approximate eigenvectors, Sylvester's and Ostrowski's theorems), or slopes
 * Psi_i that are not zero: then the theorems of MATH.md sections 4 and 14 hold of this network and these
 * data, beyond rounding. Of every layout, loss but the caller's own, and weight decay. Where the loss never
 * changes along lines of parameters (a softmax; an output bias beside the skip connection of a constant
 * input) as many parameters are held as they are given, and the box is one of the others (MATH.md section
 * 10).
 *
 *     #include <math.h>
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         double x[30], y[30];
 *         for (int k = 0; k < 30; ++k) y[k] = sin(x[k] = -2.0 + k / 7.5);
 *         tepui_context* context;
 *         tepui_activation* sigma;
 *         tepui_dataset* data;
 *         tepui_solution* fits;
 *         tepui_analysis* analysis;
 *         tepui_certificate* certificate;
 *         const tepui_report* report;
 *         const char* statement;
 *         int failed = tepui_context_create(&context) ||
 *                      tepui_activation_create_named(context, "tanh", &sigma) ||
 *                      tepui_dataset_create(context, 30, 1, x, 1, y, NULL, TEPUI_DATASET_BIAS, &data) ||
 *                      tepui_solve(context, data, sigma, 1, &fits);
 *         if (failed || tepui_solution_points(fits) == 0) return 1;
 *         const tepui_network* point = tepui_solution_point(fits, 0);
 *         if (tepui_analyze(context, data, point, &analysis)) return 1;
 *         if (tepui_certify(context, analysis, &certificate))
 *             return printf("%s\n", tepui_context_message(context)), 0;
 *         if (tepui_certificate_report(context, certificate, &report)) return 1;
 *         if (tepui_report_text(context, report, "statement", &statement)) return 1;
 *         printf("%s\n", statement);
 *         tepui_certificate_destroy(certificate), tepui_analysis_destroy(analysis),
 *             tepui_solution_destroy(fits), tepui_dataset_destroy(data);
 *         tepui_activation_destroy(sigma), tepui_context_destroy(context);
 *         return 0;
 *     }
 *
 * An optional component: without MPFR when tepui was built, tepui_certify is TEPUI_ERROR_UNSUPPORTED and
 * TEPUI_INFO_CERTIFICATES is empty. Unlike the rest of the library, MPFR's functions (exp, erf, ...) end the
 * process where memory for a few hundred bytes is not to be had; products and sums of balls allocate nothing.
 * MPFR's range of exponents and its flags on the calling thread are left as they were. */
#ifndef TEPUI_CERTIFICATE_H
#define TEPUI_CERTIFICATE_H

#include "classification.h"
#include "model_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is proven of a point and of the splits of its neurons. */
typedef struct tepui_certificate tepui_certificate;

/* The steps of the proof, in order. */
typedef int32_t tepui_certificate_step;
enum {
    TEPUI_CERTIFICATE_NONE = 0,  /* no step failed */
    TEPUI_CERTIFICATE_CLAIM = 1, /* the computed verdict claims nothing that could be proven this way */
    TEPUI_CERTIFICATE_APPROXIMATION =
        2, /* no isolated stationary point is found near the given one: the Hessian is singular as far as the
              given digits tell, or Newton's iteration leads away */
    TEPUI_CERTIFICATE_EXISTENCE = 3,    /* the Newton map is not proven to contract the box */
    TEPUI_CERTIFICATE_HESSIAN = 4,      /* the Hessian over the box does not have the claimed signs */
    TEPUI_CERTIFICATE_LOSS = 5,         /* the loss over the box is not proven positive */
    TEPUI_CERTIFICATE_INNER_HESSIAN = 6 /* an inner Hessian over the box does not have the claimed signs, or
                                           its neuron's slopes are not told from zero where they decide */
};

/* Tries to prove what the analysis claims. In *certificate, the caller's: tepui_certificate_destroy. A proof
 * that fails is TEPUI_OK with a certificate that names the step. Whatever it says is proven is so: an
 * eigenvalue within 2^-34 of zero, in the equilibrated matrix of MATH.md section 10, counts as proving
 * nothing, and a stationary point further than 1e-6 (of the size of the parameters) as another point. The
 * analysis' data set must still be there. For P <= 512 and n K P^2 <= 1e9. Progress. Errors:
 * TEPUI_ERROR_UNSUPPORTED (built without MPFR, a user callback or an activation without a continuous second
 * derivative, the caller's own loss, TEPUI_SCOPE_NEURONS, a larger problem, the analysis of a network verdict
 * on inputs of deficient rank), TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_certify(tepui_context* context, const tepui_analysis* analysis,
                                     tepui_certificate** certificate);
/* The same of a verdict on a network of any layout, loss and weight decay, about its distinct neurons
 * (tepui_model_verdict_narrow). Under weight decay no split is stationary, and the certificate is of the
 * point alone. dataset: of the verdict, unchanged; neither is kept. Errors: as above, and
 * TEPUI_ERROR_INVALID_SIZE (a data set that cannot be the verdict's). */
TEPUI_API tepui_status tepui_certify_model(tepui_context* context, const tepui_dataset* dataset,
                                           const tepui_model_verdict* verdict,
                                           tepui_certificate** certificate);
TEPUI_API void tepui_certificate_destroy(tepui_certificate* certificate);

/* 1: all that the verdict claims of the point and of every neuron's splits is proven; else 0. */
TEPUI_API int32_t tepui_certificate_is_complete(const tepui_certificate* certificate);
/* Proven of the point: TEPUI_VERDICT_LOCAL_MINIMUM (strict, but for the motions that leave the loss as it is
 * and for which parameters are held), TEPUI_VERDICT_SADDLE or
 * TEPUI_VERDICT_UNDETERMINED; 0 for a null handle. */
TEPUI_API tepui_verdict tepui_certificate_verdict(const tepui_certificate* certificate);
/* All that is proven (src/docs/REPORTS.md, "Certificate"); *report is borrowed. Errors: none of its own. */
TEPUI_API tepui_status tepui_certificate_report(tepui_context* context, const tepui_certificate* certificate,
                                                const tepui_report** report);

/* ---- Splits ---- */
/* The proven verdict on splitting `count` >= 1 distinct neurons at once, by the arguments of
 * tepui_classify_splits: TEPUI_VERDICT_LOCAL_MINIMUM, TEPUI_VERDICT_SADDLE or TEPUI_VERDICT_UNDETERMINED. It
 * holds of all real coefficients with sum 1 that have the signs of those given. Errors: as there. */
TEPUI_API tepui_status tepui_certificate_splits(tepui_context* context, const tepui_certificate* certificate,
                                                int64_t count, const int64_t* neurons, const int64_t* offsets,
                                                const double* gammas, tepui_verdict* verdict);

#ifdef __cplusplus
}
#endif

#endif
