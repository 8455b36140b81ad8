// Dense products through the typed interface of BLIS: general strides take row-major operands as they are,
// and the thread count travels in a runtime object of this call alone. Very small ones are done here.
#include <blis.h>

#include <algorithm>
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
    for (Size i = 0; i < m; ++i) {
        double* row = c + i * ldc;
        begin_row(row, n, beta);
        if (k == 0) continue;  // A and B may be nowhere
        for (Size j = 0; j < n && transpose_b; ++j)
            row[j] += alpha * dot(a + i * next, along, b + j * ldb, k);
        for (Size l = 0; l < k && !transpose_b; ++l)
            add_multiple(alpha * a[i * next + l * along], b + l * ldb, n, row);
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
