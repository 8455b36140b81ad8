// Dense products through the typed interface of BLIS: general strides take row-major operands as they are,
// and the thread count travels in a runtime object of this call alone. Very small ones are done here.
#include <blis.h>

#include <algorithm>
#include <string>

#include "linalg/blas.hpp"
#include "linalg/blis_memory.hpp"
#include "linalg/wide.hpp"

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

// Of so few products what BLIS prepares, and the memory looked for, take longer than the products.
constexpr double kFewProducts = 8192.0;

bool few(Size m, Size n, Size k) {
    return static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) <= kFewProducts;
}

// A row of C, ready to be added to.
void begin_row(double* row, Size count, double beta) {
    if (beta == 0.0) std::fill_n(row, count, 0.0);
    for (Size j = 0; j < count && beta != 0.0 && beta != 1.0; ++j) row[j] *= beta;
}

void add_multiple(double factor, const double* from, Size count, double* to) {
    for (Size j = 0; j < count; ++j) to[j] += factor * from[j];
}

// C += alpha A B, sums from l = 0 on: four rows of B in one go.
TEPUI_WIDE void add_rows(Size m, Size n, Size k, double alpha, const double* a, Size next, Size along,
                         const double* b, Size ldb, double* c, Size ldc) {
    for (Size i = 0; i < m; ++i) {
        const double* of = a + i * next;
        double* row = c + i * ldc;
        Size l = 0;
        for (; l + 4 <= k; l += 4) {
            const double a0 = alpha * of[l * along], a1 = alpha * of[(l + 1) * along],
                         a2 = alpha * of[(l + 2) * along], a3 = alpha * of[(l + 3) * along];
            const double *b0 = b + l * ldb, *b1 = b0 + ldb, *b2 = b1 + ldb, *b3 = b2 + ldb;
#pragma omp simd
            for (Size j = 0; j < n; ++j)
                row[j] = (((row[j] + a0 * b0[j]) + a1 * b1[j]) + a2 * b2[j]) + a3 * b3[j];
        }
        for (; l < k; ++l) {
            const double factor = alpha * of[l * along], *from = b + l * ldb;
#pragma omp simd
            for (Size j = 0; j < n; ++j) row[j] += factor * from[j];
        }
    }
}

double dot(const double* a, Size stride, const double* b, Size count) {
    double sum[2] = {};
    Size l = 0;
    for (; l + 2 <= count; l += 2) {
        sum[0] += a[l * stride] * b[l];
        sum[1] += a[(l + 1) * stride] * b[l + 1];
    }
    return l < count ? sum[0] + sum[1] + a[l * stride] * b[l] : sum[0] + sum[1];
}

void small_gemm(bool transpose_a, bool transpose_b, Size m, Size n, Size k, double alpha, const double* a,
                Size lda, const double* b, Size ldb, double beta, double* c, Size ldc) {
    const Size along = transpose_a ? lda : 1, next = transpose_a ? 1 : lda;
    for (Size i = 0; i < m; ++i) begin_row(c + i * ldc, n, beta);
    if (k == 0) return;  // A and B may be nowhere
    if (!transpose_b) return add_rows(m, n, k, alpha, a, next, along, b, ldb, c, ldc);
    for (Size i = 0; i < m; ++i) {
        double* row = c + i * ldc;
        for (Size j = 0; j < n; ++j) row[j] += alpha * dot(a + i * next, along, b + j * ldb, k);
    }
}

void small_syrk(Size n, Size k, double alpha, const double* a, Size lda, double beta, double* c, Size ldc) {
    for (Size i = 0; i < n; ++i) begin_row(c + i * ldc, i + 1, beta);
    for (Size l = 0; l < k; ++l) {
        const double* row = a + l * lda;
        for (Size i = 0; i < n; ++i) add_multiple(alpha * row[i], row, i + 1, c + i * ldc);
    }
}

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
    if (few(m, n, k))
        return small_gemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    require_blis_memory(threads);
    rntm_t runtime = runtime_of(threads);
    bli_dgemm_ex(transpose_a ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE,
                 transpose_b ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE, m, n, k, &alpha, mutable_pointer(a), lda,
                 1, mutable_pointer(b), ldb, 1, &beta, c, ldc, 1, nullptr, &runtime);
}

void gemm_by_rows(bool transpose_a, Size m, Size n, Size k, double alpha, const double* a, Size lda,
                  const double* b, Size ldb, double* c, Size ldc) {
    require_leading("lda", lda, transpose_a ? m : k);
    require_leading("ldb", ldb, n);
    require_leading("ldc", ldc, n);
    small_gemm(transpose_a, false, m, n, k, alpha, a, lda, b, ldb, 0.0, c, ldc);
}

void syrk(Size n, Size k, double alpha, const double* a, Size lda, double beta, double* c, Size ldc,
          int threads) {
    require_size("n", n);
    require_size("k", k);
    require_leading("lda", lda, n);
    require_leading("ldc", ldc, n);
    if (n == 0) return;
    if (few(n, n, k)) return small_syrk(n, k, alpha, a, lda, beta, c, ldc);
    require_blis_memory(threads);
    rntm_t runtime = runtime_of(threads);
    bli_dsyrk_ex(BLIS_LOWER, BLIS_TRANSPOSE, n, k, &alpha, mutable_pointer(a), lda, 1, &beta, c, ldc, 1,
                 nullptr, &runtime);
}

void use_one_blas_thread() {
    bli_thread_set_num_threads(1);
}

}  // namespace tepui::linalg
