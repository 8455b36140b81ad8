/* The array kernels for authors of solvers: no handles, plain arrays. All run on the context's threads,
 * stream over blocks of samples, and give the same bits for any number of threads.
 *
 *     #include <stdio.h>
 *     #include <tepui/tepui.h>
 *
 *     int main(void) {
 *         const double x[6] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, c[3] = {1.0, -1.0, 0.5};
 *         tepui_context* context;
 *         double gram[4];
 *         if (tepui_context_create(&context)) return 1;
 *         if (tepui_weighted_gram(context, 3, 2, x, 2, 1, c, 3, gram)) return 1;
 *         printf("%g %g\n%g %g\n", gram[0], gram[1], gram[2], gram[3]);
 *         tepui_context_destroy(context);
 *         return 0;
 *     }
 */
#ifndef TEPUI_KERNELS_H
#define TEPUI_KERNELS_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* z[i * ldz + k] = w_i . x_k, and sigma, sigma', sigma'' of it in value, first, second, all [m][n] with
 * leading dimension ldz >= n; any of the four may be null. n, d, m >= 1; x[k * ldx + j], ldx >= d; w[i * ldw
 * + j], ldw >= d (MATH.md section 1). Overflow follows IEEE arithmetic: it gives infinities, not an error.
 * With a progress callback or a custom activation, which can fail half-way, the results are gathered in
 * memory of the library's own first. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (n, d, m, ldx, ldw, ldz),
 * TEPUI_ERROR_NOT_FINITE (x, w), TEPUI_ERROR_CALLBACK, TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_hidden_layer(tepui_context* context, const tepui_activation* activation,
                                          int64_t n, int64_t d, const double* x, int64_t ldx, int64_t m,
                                          const double* w, int64_t ldw, double* z, double* value,
                                          double* first, double* second, int64_t ldz);

/* G_q = sum_k c[q * ldc + k] x_k x_k^T for q in [0, rows), the primitive behind every Hessian here (MATH.md
 * section 1): gram[(q * d + i) * d + j], rows x d x d contiguous, full symmetric. n, d, rows >= 1; x[k * ldx
 * + j], ldx >= d; ldc >= n. Overflow follows IEEE arithmetic. Progress. Errors: TEPUI_ERROR_INVALID_SIZE (n,
 * d, rows, ldx, ldc), TEPUI_ERROR_NOT_FINITE (x, c), TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_weighted_gram(tepui_context* context, int64_t n, int64_t d, const double* x,
                                           int64_t ldx, int64_t rows, const double* c, int64_t ldc,
                                           double* gram);

/* Eigenvalues, ascending, values[q * d + l], and, unless null, unit eigenvectors vectors[(q * d + l) * d + j]
 * of count >= 1 symmetric d x d matrices a[(q * d + i) * d + j], contiguous, d >= 1; only the lower triangles
 * (j <= i) are read. The sign of an eigenvector is arbitrary. Progress. Errors: TEPUI_ERROR_INVALID_SIZE
 * (count, d), TEPUI_ERROR_NOT_FINITE (a), TEPUI_ERROR_NUMERIC (no convergence), TEPUI_ERROR_CANCELLED. */
TEPUI_API tepui_status tepui_symmetric_eigen(tepui_context* context, int64_t count, int64_t d,
                                             const double* a, double* values, double* vectors);

#ifdef __cplusplus
}
#endif

#endif
