#include "linalg/blas_kernels.hpp"

#include <blis.h>

namespace tepui::linalg {

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

}  // namespace tepui::linalg
