#include "linalg/blas_kernels.hpp"

#include <blis.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tepui::linalg {
namespace {

#if defined(__x86_64__)

// Rounds of twelve independent multiply-adds: they cover the latency of two units. Registers are named
// because nothing else makes every compiler keep them; all of them stay zero.
constexpr long kRounds = 400;

#define TEPUI_RUN_MULTIPLY_ADDS(reg)                                                                     \
    long rounds = kRounds;                                                                               \
    __asm__ volatile(                                                                                    \
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,15\n\tvpxor %%xmm\\n,%%xmm\\n,%%xmm\\n\n\t.endr\n"             \
        "0:\n\t.irp n,0,1,2,3,4,5,6,7,8,9,10,11\n\tvfmadd231pd %%" reg "15,%%" reg "15,%%" reg           \
        "\\n\n\t.endr\n\t"                                                                               \
        "dec %0\n\tjnz 0b\n\tvzeroupper"                                                                 \
        : "+r"(rounds)                                                                                   \
        :                                                                                                \
        : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
          "xmm11", "xmm15")

void run_fma256() {
    TEPUI_RUN_MULTIPLY_ADDS("ymm");
}
void run_fma512() {
    TEPUI_RUN_MULTIPLY_ADDS("zmm");
}

#undef TEPUI_RUN_MULTIPLY_ADDS

template <class Body>
double seconds(Body body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A core needs some tens of microseconds of 512-bit work before it runs it at full rate. After that the
// minima of interleaved short runs are steady, unless another thread keeps this core's units busy.
bool seen_at_full_rate_512() {
    for (double warm = 0.0; warm < 2e-4;) warm += seconds(run_fma512);
    double best256 = 1e300;
    double best512 = 1e300;
    for (int repeat = 0; repeat < 100; ++repeat) {
        best256 = std::min(best256, seconds(run_fma256));
        best512 = std::min(best512, seconds(run_fma512));
    }
    return best512 < 1.5 * best256;  // twice the flops per instruction: at equal time, twice the rate
}

// A disturbance can hide the full rate but not feign it, so only repeated failure counts: the choice of
// kernels decides the last bits of results, and the same machine must always choose the same.
bool full_rate_512() {
    for (int attempt = 0; attempt < 12; ++attempt) {
        if (seen_at_full_rate_512()) return true;
    }
    return false;
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
