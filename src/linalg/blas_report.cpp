// What BLAS and LAPACK really are in this process.
#include <blis.h>
#include <dlfcn.h>

#include "linalg/blas.hpp"
#include "linalg/blas_kernels.hpp"

namespace tepui::linalg {
namespace {

// The lookup scope of RTLD_DEFAULT is the caller's: the one in which LAPACK, loaded along with us, found its
// own dgemm_.
std::string library_of(const char* symbol) {
#ifdef TEPUI_STATIC_DEPENDENCIES
    static_cast<void>(symbol);
    return "linked statically";
#else
    void* address = dlsym(RTLD_DEFAULT, symbol);
    Dl_info found = {};
    if (address == nullptr || dladdr(address, &found) == 0 || found.dli_fname == nullptr)
        return "linked statically";
    return found.dli_fname;
#endif
}

}  // namespace

BlasReport blas_report() {
    bli_init();  // with BLIS_ARCH_TYPE set, BLIS 0.9 aborts when it is asked for its kernels before
    BlasReport report;
    report.blas = std::string("BLIS ") + bli_info_get_version_str();
    report.kernels = bli_arch_string(bli_arch_query_id());
    report.lapack = lapack_version();
    report.lapack_blas = library_of("dgemm_");
    const CpuVectorUnits units = vector_units(this_processor());
    report.slow_kernels = kernels_are_slow(report.kernels, units);
    if (report.slow_kernels) {
        const BlasKernels best = best_blas_kernels(units);
        report.remedy = "set BLIS_ARCH_TYPE=" + std::to_string(best.number) + " in the environment (the " +
                        best.name + " kernels of " + report.blas + ")";
    }
    return report;
}

}  // namespace tepui::linalg
