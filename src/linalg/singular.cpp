#include "linalg/singular.hpp"

#include <string>

#include "linalg/lapack.hpp"

namespace tepui::linalg {

RightSingular right_singular(const Matrix& a) {
    if (a.rows() < a.cols() || a.rows() > 32000) {
        throw Error(Status::invalid_size,
                    "a matrix of " + std::to_string(a.rows()) + " x " + std::to_string(a.cols()) +
                        " has no singular values here: at least as many rows as columns "
                        "and at most 32000 are expected");
    }
    const auto rows = static_cast<lapack_int>(a.rows()), columns = static_cast<lapack_int>(a.cols());
    RightSingular result{Buffer<double>(columns), Matrix(columns, columns)};
    if (columns == 0) return result;
    // LAPACK sees the transpose: its left singular vectors, one to a column, are ours, one to a row.
    Matrix work = a.copy();
    double best = 0.0, unused = 0.0;
    const auto call = [&](double* scratch, lapack_int size) {
        return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'A', 'N', columns, rows, work.data(), columns,
                                   result.values.data(), result.vectors.data(), columns, &unused, 1, scratch,
                                   size);
    };
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
