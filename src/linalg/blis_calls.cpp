#include "linalg/blis_calls.hpp"

#include <blis.h>

#include "linalg/blis_memory.hpp"

namespace tepui::linalg {
namespace {

rntm_t single_thread() {
    rntm_t runtime = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(1, &runtime);
    return runtime;
}

double* mutable_pointer(const double* p) {
    return const_cast<double*>(p);
}  // BLIS 0.9 takes inputs without const

}  // namespace

void gemv(Size rows, Size columns, double alpha, Strided a, const double* x, Size x_stride, double beta,
          double* y) {
    rntm_t runtime = single_thread();
    bli_dgemv_ex(BLIS_NO_TRANSPOSE, BLIS_NO_CONJUGATE, rows, columns, &alpha, mutable_pointer(a.data),
                 a.row_stride, a.column_stride, mutable_pointer(x), x_stride, &beta, y, 1, nullptr, &runtime);
}

void symv(Size n, Strided a, const double* x, double* y) {
    rntm_t runtime = single_thread();
    double one = 1.0;
    double zero = 0.0;
    bli_dsymv_ex(BLIS_LOWER, BLIS_NO_CONJUGATE, BLIS_NO_CONJUGATE, n, &one, mutable_pointer(a.data),
                 a.row_stride, a.column_stride, mutable_pointer(x), 1, &zero, y, 1, nullptr, &runtime);
}

void subtract_product_lower(Size n, Size k, Strided a, Strided b, double* c, Size row_stride,
                            Size column_stride) {
    require_blis_memory(1);
    rntm_t runtime = single_thread();
    double minus = -1.0;
    double one = 1.0;
    bli_dgemmt_ex(BLIS_LOWER, BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, n, k, &minus, mutable_pointer(a.data),
                  a.row_stride, a.column_stride, mutable_pointer(b.data), b.row_stride, b.column_stride, &one,
                  c, row_stride, column_stride, nullptr, &runtime);
}

void solve_right_transposed(Size rows, Size n, const double* l, Size ldl, double* b, Size ldb) {
    require_blis_memory(1);
    rntm_t runtime = single_thread();
    double one = 1.0;
    bli_dtrsm_ex(BLIS_RIGHT, BLIS_LOWER, BLIS_TRANSPOSE, BLIS_NONUNIT_DIAG, rows, n, &one, mutable_pointer(l),
                 ldl, 1, b, ldb, 1, nullptr, &runtime);
}

}  // namespace tepui::linalg
