#include "linalg/singular.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "linalg/blis_memory.hpp"
#include "linalg/lapack.hpp"

namespace tepui::linalg {

RightSingular right_singular(const Matrix& a) {
    const Size count = std::min(a.rows(), a.cols());
    if (count > 32000 || std::max(a.rows(), a.cols()) > std::numeric_limits<lapack_int>::max()) {
        throw Error(Status::invalid_size, "a matrix of " + std::to_string(a.rows()) + " x " +
                                              std::to_string(a.cols()) +
                                              " has no singular values here: at most 32000 of them "
                                              "are expected");
    }
    const auto rows = static_cast<lapack_int>(a.rows()), columns = static_cast<lapack_int>(a.cols());
    RightSingular result{Buffer<double>(count), Matrix(count, a.cols())};
    if (count == 0) return result;
    // LAPACK sees the transpose: its left singular vectors, one to a column, are ours, one to a row.
    Matrix work = a.copy();
    double best = 0.0, unused = 0.0;
    const auto call = [&](double* scratch, lapack_int size) {
        return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'S', 'N', columns, rows, work.data(), columns,
                                   result.values.data(), result.vectors.data(), columns, &unused, 1, scratch,
                                   size);
    };
    require_blis_memory(1);
    require_accepted(call(&best, -1), "dgesvd");
    Buffer<double> scratch(static_cast<Size>(best));
    const lapack_int info = call(scratch.data(), static_cast<lapack_int>(scratch.size()));
    require_accepted(info, "dgesvd");
    if (info > 0) {
        throw Error(Status::numeric, "the singular values of a matrix of " + std::to_string(columns) +
                                         " columns"
                                         " did not converge (dgesvd info " +
                                         std::to_string(info) + ")");
    }
    return result;
}

}  // namespace tepui::linalg
