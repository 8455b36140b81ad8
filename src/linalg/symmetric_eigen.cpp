#include <string>

#include "linalg/blis_memory.hpp"
#include "linalg/lapack.hpp"
#include "linalg/symmetric.hpp"

namespace tepui::linalg {
namespace {

// Up to this order LAPACK works column by column and packs nothing.
constexpr lapack_int kUnblocked = 24;

}  // namespace

// dsyevd: divide and conquer with vectors, root-free QR without. It scales a matrix that would over- or
// underflow.
SymmetricEigen symmetric_eigen(const Matrix& a, bool want_vectors) {
    const lapack_int n = lapack_order(a);
    require_finite_triangle(a);
    SymmetricEigen result;
    if (n == 0) return result;
    result.values = Buffer<double>(n);

    // The eigenvectors overwrite the matrix, one to a column of LAPACK's: one to a row of ours.
    Matrix work_matrix(n, n);
    for (Size i = 0; i < n; ++i) std::copy_n(a.row(i), i + 1, work_matrix.row(i));
    if (n > kUnblocked) require_blis_memory(1);
    const char job = want_vectors ? 'V' : 'N';

    double best_work = 0.0;
    lapack_int best_integers = 0;
    lapack_int info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, job, kOurLower, n, work_matrix.data(), n,
                                          result.values.data(), &best_work, -1, &best_integers, -1);
    require_accepted(info, "dsyevd");
    Buffer<double> work(static_cast<Size>(best_work));
    Buffer<lapack_int> integers(best_integers);
    info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, job, kOurLower, n, work_matrix.data(), n,
                               result.values.data(), work.data(), static_cast<lapack_int>(work.size()),
                               integers.data(), best_integers);
    require_accepted(info, "dsyevd");
    if (info > 0) {
        throw Error(Status::numeric, "the eigenvalues of a symmetric matrix of order " + std::to_string(n) +
                                         " did not converge (dsyevd info " + std::to_string(info) + ")");
    }
    if (want_vectors) result.vectors = std::move(work_matrix);
    return result;
}

}  // namespace tepui::linalg
