// Symmetric matrices to decompose, and the loop over LAPACK that they are compared with.
#pragma once

#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "core/buffer.hpp"
#include "core/matrix.hpp"
#include "core/random.hpp"
#include "core/sizes.hpp"
#include "other_lapack.hpp"

namespace tepui::bench {

inline void linked_dsyevd(const char* job, const char* uplo, const lapack_int* n, double* a,
                          const lapack_int* lda, double* values, double* work, const lapack_int* work_size,
                          lapack_int* integers, const lapack_int* integers_size, lapack_int* info,
                          std::size_t, std::size_t) {
    *info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, *job, *uplo, *n, a, *lda, values, work, *work_size,
                                integers, *integers_size);
}

// LAPACK with its workspaces made once: the loop that a careful user would write.
struct LapackLoop {
    lapack_int d;
    char job;
    Buffer<double> input, matrix, values, work;
    Buffer<lapack_int> integers;
    Size count;
    Size failures = 0;

    Dsyevd dsyevd;

    LapackLoop(Size order, Size matrices, bool vectors, const Buffer<double>& g, Size ldg,
               Dsyevd routine = linked_dsyevd)
        : d(static_cast<lapack_int>(order)),
          job(vectors ? 'V' : 'N'),
          input(matrices * order * order),
          matrix(order * order),
          values(order),
          work(1 + 70 * order + 2 * order * order),
          integers(10 + 10 * order),
          count(matrices),
          dsyevd(routine) {
        for (Size q = 0; q < count; ++q) {
            for (Size i = 0; i < order; ++i) {
                for (Size j = 0; j <= i; ++j)
                    input[(q * order + i) * order + j] = g[(triangle(i) + j) * ldg + q];
            }
        }
    }
    void run() {
        const Size size = static_cast<Size>(d) * d;
        for (Size q = 0; q < count; ++q) {
            std::copy_n(input.data() + q * size, size, matrix.data());
            lapack_int info = 0;
            const auto work_size = static_cast<lapack_int>(work.size());
            const auto integers_size = static_cast<lapack_int>(integers.size());
            dsyevd(&job, "U", &d, matrix.data(), &d, values.data(), work.data(), &work_size, integers.data(),
                   &integers_size, &info, 1, 1);
            failures += info != 0;
        }
    }
};

enum MatrixKind { kIndefinite, kDefinite, kFewNegative };

// Gaussian off the diagonal; the lift decides the signs of its eigenvalues.
inline Matrix verdict_matrix(Size d, MatrixKind kind) {
    Random random(8, 0);
    Matrix a(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j) a(i, j) = a(j, i) = random.normal();
    }
    const double lift = kind == kIndefinite ? 0.0 : kind == kDefinite ? 2.5 : 1.9;
    for (Size i = 0; i < d; ++i) a(i, i) += lift * std::sqrt(static_cast<double>(d));
    return a;
}

}  // namespace tepui::bench
