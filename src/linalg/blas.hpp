// The dense rest: products through BLIS with a local runtime (no global setters), and what BLAS and LAPACK
// really are.
#pragma once

#include <string>

#include "core/sizes.hpp"

namespace tepui::linalg {

// C = alpha op(A) op(B) + beta C, row-major, op = transpose when the flag is set. threads >= 1 applies to
// this call only.
void gemm(bool transpose_a, bool transpose_b, Size m, Size n, Size k, double alpha, const double* a, Size lda,
          const double* b, Size ldb, double beta, double* c, Size ldc, int threads);
// C = alpha op(A) B on this thread, row by row, however large: for few rows of B, sums too short for BLIS.
void gemm_by_rows(bool transpose_a, Size m, Size n, Size k, double alpha, const double* a, Size lda,
                  const double* b, Size ldb, double* c, Size ldc);

// C = alpha A^T A + beta C for row-major A (k x n), lower triangle of C (n x n).
void syrk(Size n, Size k, double alpha, const double* a, Size lda, double beta, double* c, Size ldc,
          int threads);

// For a process that lost its threads in a fork, and nothing else: LAPACK's own calls of BLIS, which
// OMP_NUM_THREADS and BLIS_NUM_THREADS may have given several threads, would wait for them forever. Of the
// whole process.
void use_one_blas_thread();

struct BlasReport {
    std::string blas;           // e.g. "BLIS 0.9.0"
    std::string kernels;        // e.g. "skx", "generic"
    std::string lapack;         // e.g. "LAPACK 3.11.0"
    std::string lapack_blas;    // the library that LAPACK's own dgemm_ resolves to, from the dynamic linker
    bool slow_kernels = false;  // generic kernels on a CPU that can do better
    std::string remedy;         // what to set to mend that; empty when nothing is wrong
};
BlasReport blas_report();

}  // namespace tepui::linalg
