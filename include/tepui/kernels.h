/* The array kernels for authors of solvers: no handles, plain arrays. All run on context's threads and give
 * the same bits for any number of them. */
#ifndef TEPUI_KERNELS_H
#define TEPUI_KERNELS_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* z[i * ldz + k] = w_i . x_k, and sigma, sigma', sigma'' of it where not null, all [m][n] with leading
 * dimension ldz >= n. */
TEPUI_API tepui_status tepui_hidden_layer(tepui_context* context, const tepui_activation* activation,
                                          int64_t n, int64_t d, const double* x, int64_t ldx, int64_t m,
                                          const double* w, int64_t ldw, double* z, double* value,
                                          double* first, double* second, int64_t ldz);

/* G_q = sum_k c[q * ldc + k] x_k x_k^T for q in [0, rows): gram[q][i][j], rows x d x d contiguous, full
 * symmetric. */
TEPUI_API tepui_status tepui_weighted_gram(tepui_context* context, int64_t n, int64_t d, const double* x,
                                           int64_t ldx, int64_t rows, const double* c, int64_t ldc,
                                           double* gram);

/* Eigenvalues (ascending, values[q][l]) and, unless null, unit eigenvectors (vectors[q][l][j]) of count
 * symmetric d x d matrices a[q][i][j], contiguous; the lower triangle is read. */
TEPUI_API tepui_status tepui_symmetric_eigen(tepui_context* context, int64_t count, int64_t d,
                                             const double* a, double* values, double* vectors);

#ifdef __cplusplus
}
#endif

#endif
