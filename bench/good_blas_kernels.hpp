// Benchmarks run with the BLAS kernels that fit the processor.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "linalg/blas.hpp"
#include "linalg/blas_kernels.hpp"

namespace tepui::bench {

// BLIS chooses once per process: where its choice is slow and nobody has set one, starts this program afresh
// with a better one. Called first in main.
inline void start_with_good_blas_kernels(char** arguments) {
    constexpr const char* variable = "BLIS_ARCH_TYPE";
    if (std::getenv(variable) != nullptr || !linalg::blas_report().slow_kernels) return;
    const linalg::BlasKernels best =
        linalg::best_blas_kernels(linalg::vector_units(linalg::this_processor()));
    if (setenv(variable, std::to_string(best.number).c_str(), 0) == 0) execv("/proc/self/exe", arguments);
}

}  // namespace tepui::bench
