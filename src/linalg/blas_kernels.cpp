#include "linalg/blas_kernels.hpp"

#include <blis.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace tepui::linalg {
namespace {

#if defined(__x86_64__)

// Twelve independent chains cover the latency of two units. The barrier keeps the compiler from folding the
// loop.
template <class Vector>
inline __attribute__((always_inline)) void keep(Vector& v) {
    __asm__ volatile("" : "+v"(v));
}

constexpr int kChains = 12;
constexpr int kRounds = 400;

__attribute__((target("avx2,fma"))) void run_fma256() {
    __m256d chain[kChains];
    for (auto& c : chain) c = _mm256_set1_pd(1.0);
    const __m256d factor = _mm256_set1_pd(0.5);
    for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (int i = 0; i < kChains; ++i) {
            chain[i] = _mm256_fmadd_pd(chain[i], factor, factor);
            keep(chain[i]);
        }
    }
}

__attribute__((target("avx512f"))) void run_fma512() {
    __m512d chain[kChains];
    for (auto& c : chain) c = _mm512_set1_pd(1.0);
    const __m512d factor = _mm512_set1_pd(0.5);
    for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (int i = 0; i < kChains; ++i) {
            chain[i] = _mm512_fmadd_pd(chain[i], factor, factor);
            keep(chain[i]);
        }
    }
}

template <class Body>
double seconds(Body body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The minimum of interleaved short runs is steady on a busy machine: each run takes a few microseconds.
bool full_rate_512() {
    double best256 = 1e300;
    double best512 = 1e300;
    for (int repeat = 0; repeat < 24; ++repeat) {
        best256 = std::min(best256, seconds(run_fma256));
        best512 = std::min(best512, seconds(run_fma512));
    }
    return best512 < 1.5 * best256;  // twice the flops per instruction: at equal time, twice the rate
}

#endif

constexpr const char* kArchVariable = "BLIS_ARCH_TYPE";

// The kernel set that BLIS would choose in a process like this one; -1 when the child could not be asked.
int kernels_chosen_by_a_child() {
    const pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) _exit(static_cast<int>(bli_arch_query_id()));
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    const int number = WEXITSTATUS(status);
    return number < static_cast<int>(BLIS_NUM_ARCHS) ? number : -1;
}

}  // namespace

CpuVectorUnits cpu_vector_units() {
    CpuVectorUnits units;
#if defined(__x86_64__)
    __builtin_cpu_init();
    units.fma256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    units.fma512 = units.fma256 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    units.fma512_full = units.fma512 && full_rate_512();
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    units.amd = __get_cpuid(0, &eax, &ebx, &ecx, &edx) != 0 && ebx == 0x68747541U;  // "Auth"enticAMD
#endif
    return units;
}

BlasKernels best_blas_kernels(const CpuVectorUnits& units) {
#if defined(__x86_64__)
    if (units.fma512_full) return {static_cast<int>(BLIS_ARCH_SKX), "skx"};
    if (units.fma256 && units.amd) return {static_cast<int>(BLIS_ARCH_ZEN3), "zen3"};
    if (units.fma256) return {static_cast<int>(BLIS_ARCH_HASWELL), "haswell"};
#else
    static_cast<void>(units);
#endif
    return {};
}

bool kernels_are_slow(const std::string& current, const CpuVectorUnits& units) {
    const bool none = current == "generic";
    const bool sse = current == "penryn";
    const bool avx2 = current == "haswell" || current == "zen" || current == "zen2" || current == "zen3";
    const bool avx1 = current == "sandybridge" || current == "bulldozer" || current == "piledriver" ||
                      current == "steamroller" || current == "excavator";
    if (units.fma512_full) return none || sse || avx1 || avx2;
    return units.fma256 && (none || sse || avx1);
}

bool select_blas_kernels() {
    if (std::getenv(kArchVariable) != nullptr) return false;
    const int chosen = kernels_chosen_by_a_child();
    if (chosen < 0) return false;
    const CpuVectorUnits units = cpu_vector_units();
    if (!kernels_are_slow(bli_arch_string(static_cast<arch_t>(chosen)), units)) return false;
    const BlasKernels best = best_blas_kernels(units);
    return best.number >= 0 && setenv(kArchVariable, std::to_string(best.number).c_str(), 0) == 0;
}

}  // namespace tepui::linalg
