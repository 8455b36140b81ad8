// Which of its kernel sets BLIS uses, and which it should. BLIS chooses once per process, from BLIS_ARCH_TYPE
// or what it knows of the processor; it has no call for that. (Its contexts could be passed to each operation
// one by one, but not to LAPACK's, and the function that finds them is not exported.) A library must not
// change its process's environment, so we say what to set, and programs may start themselves afresh with it.
#pragma once

#include <string>

#include "linalg/processor.hpp"

namespace tepui::linalg {

// A kernel set of the BLIS we were compiled against: its name and the number that BLIS_ARCH_TYPE takes.
struct BlasKernels {
    int number = -1;  // -1: nothing better than BLIS's own choice is known
    std::string name;
};
BlasKernels best_blas_kernels(const CpuVectorUnits& units);

// True when `current` (a BLIS kernel set's name) leaves most of this CPU's arithmetic unused.
bool kernels_are_slow(const std::string& current, const CpuVectorUnits& units);

// The version of the LAPACK behind LAPACKE. (Its header and that of BLIS cannot share a source file.)
std::string lapack_version();

}  // namespace tepui::linalg
