#include "linalg/tridiagonal.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"

namespace tepui::linalg {

TridiagonalPair tridiagonal_pair(const double* diagonal, const double* off, Size size, Size which) {
    const lapack_int k = static_cast<lapack_int>(size), index = static_cast<lapack_int>(which) + 1;
    Buffer<double> values(k), work(5 * k), own_diagonal(k), own_off(k);
    Buffer<lapack_int> block(k), split(k), integers(3 * k), failed(k);
    std::copy_n(diagonal, k, own_diagonal.data());
    std::copy_n(off, k - 1, own_off.data());
    TridiagonalPair pair;
    pair.vector.resize(size);
    lapack_int found = 0;
    lapack_int splits = 0;
    lapack_int info = LAPACKE_dstebz_work('I', 'B', k, 0.0, 0.0, index, index, 0.0, own_diagonal.data(),
                                          own_off.data(), &found, &splits, values.data(), block.data(),
                                          split.data(), work.data(), integers.data());
    require_accepted(info, "dstebz");
    if (info > 0 || found != 1)
        throw Error(Status::numeric, "bisection of a Lanczos tridiagonal matrix failed");
    info = LAPACKE_dstein_work(LAPACK_COL_MAJOR, k, own_diagonal.data(), own_off.data(), 1, values.data(),
                               block.data(), split.data(), pair.vector.data(), k, work.data(),
                               integers.data(), failed.data());
    require_accepted(info, "dstein");
    if (info > 0) throw Error(Status::numeric, "inverse iteration on a Lanczos tridiagonal matrix failed");
    pair.value = values[0];
    return pair;
}

std::vector<double> tridiagonal_pseudo_solve(const double* diagonal, const double* off, Size size,
                                             double length, double tau) {
    const lapack_int k = static_cast<lapack_int>(size);
    Buffer<double> values(k), own_off(k), vectors(size * size);
    std::copy_n(diagonal, k, values.data());
    std::copy_n(off, k - 1, own_off.data());
    const lapack_int info =
        LAPACKE_dstevd(LAPACK_COL_MAJOR, 'V', k, values.data(), own_off.data(), vectors.data(), k);
    require_accepted(info, "dstevd");
    if (info > 0) throw Error(Status::numeric, "the spectrum of a Lanczos tridiagonal matrix was not found");
    std::vector<double> x(size, 0.0);
    for (Size l = 0; l < size; ++l) {
        if (std::abs(values[l]) <= tau) continue;
        const double* vector = vectors.data() + l * size;
        const double part = length * vector[0] / values[l];
        for (Size j = 0; j < size; ++j) x[j] += part * vector[j];
    }
    return x;
}

}  // namespace tepui::linalg
