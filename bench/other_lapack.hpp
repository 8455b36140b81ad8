// A second LAPACK beside the linked one, loaded so that neither sees the other's symbols.
#pragma once

#include <lapacke.h>

#include <cstddef>
#include <string>

namespace tepui::bench {

// dsyevd by its Fortran name, with the lengths of its two character arguments.
using Dsyevd = void (*)(const char* job, const char* uplo, const lapack_int* n, double* a,
                        const lapack_int* lda, double* values, double* work, const lapack_int* work_size,
                        lapack_int* integers, const lapack_int* integers_size, lapack_int* info, std::size_t,
                        std::size_t);

struct OtherLapack {
    std::string name;  // of the file, without directory
    Dsyevd dsyevd;
};

// A shared library that exports dsyevd_, such as libopenblas.so.0; told to use one thread where it is
// OpenBLAS. It stays loaded. Throws std::runtime_error when it cannot be used.
OtherLapack load_lapack(const std::string& file);

}  // namespace tepui::bench
