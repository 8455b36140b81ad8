#include "blas_rivals.hpp"

#include <cmath>

#include "linalg/blas.hpp"

// The rivals' own loops get the vectors of this CPU, as the library's do.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TEPUI_BENCH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TEPUI_BENCH_CLONES
#endif

namespace tepui::bench {
namespace {

TEPUI_BENCH_CLONES void scale_row(const double* x, double factor, Size d, double* out) {
    for (Size j = 0; j < d; ++j) out[j] = factor * x[j];
}

}  // namespace

BlasGram::BlasGram(Size inputs, Size samples)
    : d_(inputs), n_(samples), x_(inputs * samples), scaled_(inputs * samples), g_(inputs * inputs) {}

void BlasGram::gemm_loop(const double* rows, Size ld, Size row_count, int threads) {
    for (Size q = 0; q < row_count; ++q) {
        const double* c = rows + q * ld;
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
        for (Size k = 0; k < n_; ++k) scale_row(x_.data() + k * d_, c[k], d_, scaled_.data() + k * d_);
        linalg::gemm(true, false, d_, d_, n_, 1.0, x_.data(), d_, scaled_.data(), d_, 0.0, g_.data(), d_,
                     threads);
    }
}

void BlasGram::syrk_loop(const double* rows, Size ld, Size row_count, int threads) {
    for (Size q = 0; q < row_count; ++q) {
        const double* c = rows + q * ld;
        Size front = 0;
        Size back = n_;
        for (Size k = 0; k < n_; ++k) {
            const Size to = c[k] > 0.0 ? front++ : --back;
            scale_row(x_.data() + k * d_, std::sqrt(std::abs(c[k])), d_, scaled_.data() + to * d_);
        }
        linalg::syrk(d_, front, 1.0, scaled_.data(), d_, 0.0, g_.data(), d_, threads);
        linalg::syrk(d_, n_ - front, -1.0, scaled_.data() + front * d_, d_, 1.0, g_.data(), d_, threads);
    }
}

}  // namespace tepui::bench
