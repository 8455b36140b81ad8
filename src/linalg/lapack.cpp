#include "linalg/lapack.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "linalg/blas_kernels.hpp"

namespace tepui::linalg {

lapack_int lapack_order(const Matrix& a) {
    if (a.rows() != a.cols()) {
        throw Error(Status::invalid_size, "a symmetric matrix must be square, but it is " +
                                              std::to_string(a.rows()) + " x " + std::to_string(a.cols()));
    }
    // LAPACK with 32-bit integers counts bytes of workspace in them too: 2 n^2 + 6 n + 1 doubles must fit.
    if (a.rows() > 32000 && sizeof(lapack_int) == 4) {
        throw Error(Status::invalid_size,
                    "matrix order " + std::to_string(a.rows()) +
                        " is more than a LAPACK with 32-bit integers can handle (32000)");
    }
    return static_cast<lapack_int>(a.rows());
}

void require_finite_triangle(const Matrix& a) {
    for (Size i = 0; i < a.rows(); ++i) {
        const double* row = a.row(i);
        // One accumulator per row: 0 * x is NaN exactly when x is NaN or infinite.
        double poison = 0.0;
        for (Size j = 0; j <= i; ++j) poison += 0.0 * row[j];
        if (poison == 0.0) continue;
        for (Size j = 0; j <= i; ++j) {
            if (std::isfinite(row[j])) continue;
            throw Error(Status::numeric, "symmetric matrix entry (" + std::to_string(i) + ", " +
                                             std::to_string(j) + ") is " + std::to_string(row[j]) +
                                             ", expected a finite number");
        }
    }
}

void require_accepted(lapack_int info, const char* routine) {
    if (info >= 0) return;
    throw Error(info == LAPACK_WORK_MEMORY_ERROR ? Status::out_of_memory : Status::internal,
                std::string(routine) + " refused its argument " + std::to_string(-info));
}

std::string lapack_version() {
    lapack_int major = 0;
    lapack_int minor = 0;
    lapack_int patch = 0;
    LAPACKE_ilaver(&major, &minor, &patch);
    return "LAPACK " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace tepui::linalg
