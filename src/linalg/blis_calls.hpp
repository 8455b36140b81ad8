// The BLIS operations behind the factorisations, on one thread, with general strides: element (i, j) of an
// operand lies at pointer[i * row_stride + j * column_stride]. Private to src/linalg: blis.h and lapacke.h
// cannot share a source file.
#pragma once

#include "core/sizes.hpp"

namespace tepui::linalg {

struct Strided {
    const double* data;
    Size row_stride;
    Size column_stride;
};

// y = alpha A x + beta y, A is rows x columns.
void gemv(Size rows, Size columns, double alpha, Strided a, const double* x, Size x_stride, double beta,
          double* y);

// y = A x for symmetric A of which the lower triangle is read.
void symv(Size n, Strided a, const double* x, double* y);

// Lower triangle of C -= A B; A is n x k, B is k x n, C n x n.
void subtract_product_lower(Size n, Size k, Strided a, Strided b, double* c, Size row_stride,
                            Size column_stride);

// X = B L^-T in place for rows x n B (row-major, leading dimension ldb) and lower triangular n x n L
// (row-major).
void solve_right_transposed(Size rows, Size n, const double* l, Size ldl, double* b, Size ldb);

}  // namespace tepui::linalg
