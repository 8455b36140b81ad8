// Dense products through the typed interface of BLIS: general strides take row-major operands as they are,
// and the thread count travels in a runtime object of this call alone.
#include <blis.h>

#include <string>

#include "linalg/blas.hpp"
#include "linalg/blis_memory.hpp"

namespace tepui::linalg {
namespace {

void require_leading(const char* name, Size leading, Size cols) {
    if (leading >= cols) return;
    throw Error(Status::invalid_size, std::string(name) + " = " + std::to_string(leading) +
                                          " is less than the " + std::to_string(cols) +
                                          " columns of its matrix");
}

void require_size(const char* name, Size value) {
    if (value >= 0) return;
    throw Error(Status::invalid_size,
                std::string(name) + " = " + std::to_string(value) + ", expected 0 or more");
}

rntm_t runtime_of(int threads) {
    rntm_t runtime = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(threads < 1 ? 1 : threads, &runtime);
    return runtime;
}

double* mutable_pointer(const double* p) {
    return const_cast<double*>(p);
}  // BLIS 0.9 takes inputs without const

}  // namespace

void gemm(bool transpose_a, bool transpose_b, Size m, Size n, Size k, double alpha, const double* a, Size lda,
          const double* b, Size ldb, double beta, double* c, Size ldc, int threads) {
    require_size("m", m);
    require_size("n", n);
    require_size("k", k);
    require_leading("lda", lda, transpose_a ? m : k);
    require_leading("ldb", ldb, transpose_b ? k : n);
    require_leading("ldc", ldc, n);
    if (m == 0 || n == 0) return;
    require_blis_memory(threads);
    rntm_t runtime = runtime_of(threads);
    bli_dgemm_ex(transpose_a ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE,
                 transpose_b ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE, m, n, k, &alpha, mutable_pointer(a), lda,
                 1, mutable_pointer(b), ldb, 1, &beta, c, ldc, 1, nullptr, &runtime);
}

void syrk(Size n, Size k, double alpha, const double* a, Size lda, double beta, double* c, Size ldc,
          int threads) {
    require_size("n", n);
    require_size("k", k);
    require_leading("lda", lda, n);
    require_leading("ldc", ldc, n);
    if (n == 0) return;
    require_blis_memory(threads);
    rntm_t runtime = runtime_of(threads);
    bli_dsyrk_ex(BLIS_LOWER, BLIS_TRANSPOSE, n, k, &alpha, mutable_pointer(a), lda, 1, &beta, c, ldc, 1,
                 nullptr, &runtime);
}

void use_one_blas_thread() {
    bli_thread_set_num_threads(1);
}

}  // namespace tepui::linalg
