// Which of its kernel sets BLIS uses, and which it should.
#pragma once

#include <string>

namespace tepui::linalg {

// What this CPU can do for a matrix product, from cpuid and, for 512-bit units, a measurement of 0.5 ms:
// some CPUs run 512-bit multiply-adds at half rate, and their names do not tell.
struct CpuVectorUnits {
    bool fma256 = false;       // AVX2 and FMA, enabled by the operating system
    bool fma512 = false;       // AVX-512 F, DQ, BW, VL
    bool fma512_full = false;  // 512-bit multiply-adds reach clearly more flops than 256-bit ones
    bool amd = false;
};
CpuVectorUnits cpu_vector_units();

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

// For programs (the command, the benchmarks), never called by the library itself. Before the first use of
// BLIS in the process and before any thread is started: sets BLIS_ARCH_TYPE when it is unset and BLIS's own
// choice would be slow. BLIS chooses once per process, so a forked child is asked what the choice would be.
// Returns true when it set something.
bool select_blas_kernels();

}  // namespace tepui::linalg
