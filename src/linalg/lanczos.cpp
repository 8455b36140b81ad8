#include "linalg/lanczos.hpp"

#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/buffer.hpp"
#include "core/random.hpp"
#include "linalg/blis_calls.hpp"
#include "linalg/lapack.hpp"

namespace tepui::linalg {
namespace {

constexpr std::uint64_t kStartSeed = 0x7E9C1;

double norm_of(const double* x, Size n) {
    double scale = 0.0;
    for (Size i = 0; i < n; ++i) scale = std::max(scale, std::abs(x[i]));
    if (!(scale > 0.0)) return 0.0;
    double sum = 0.0;
    for (Size i = 0; i < n; ++i) sum += (x[i] / scale) * (x[i] / scale);
    return scale * std::sqrt(sum);
}

// The orthonormal basis (one vector to a row) and the tridiagonal matrix that represents A on it.
struct Process {
    Process(Size order, Size capacity)
        : n(order), basis(order * capacity), diagonal(capacity), off(capacity), dots(capacity) {}

    // w -= V^T (V w) over the first k basis vectors.
    void reorthogonalise(double* w, Size k) {
        gemv(k, n, 1.0, {basis.data(), n, 1}, w, 1, 0.0, dots.data());
        gemv(n, k, -1.0, {basis.data(), 1, n}, dots.data(), 1, 1.0, w);
    }
    Size n;
    Buffer<double> basis, diagonal, off, dots;
};

// The extreme eigenpairs of the k x k tridiagonal matrix, by bisection and inverse iteration: O(k) each.
struct Extremes {
    explicit Extremes(Size k) : low(k), high(k) {}
    double low_value = 0.0;
    double high_value = 0.0;
    Buffer<double> low, high;  // unit vectors
};

void extreme_pair(const Process& process, lapack_int k, lapack_int which, double& value, double* vector) {
    Buffer<double> values(k), work(5 * k), diagonal(k), off(k);
    Buffer<lapack_int> block(k), split(k), integers(3 * k), failed(k);
    std::copy_n(process.diagonal.data(), k, diagonal.data());
    std::copy_n(process.off.data(), k - 1, off.data());
    lapack_int found = 0;
    lapack_int splits = 0;
    lapack_int info =
        LAPACKE_dstebz_work('I', 'B', k, 0.0, 0.0, which, which, 0.0, diagonal.data(), off.data(), &found,
                            &splits, values.data(), block.data(), split.data(), work.data(), integers.data());
    require_accepted(info, "dstebz");
    if (info > 0 || found != 1)
        throw Error(Status::numeric, "bisection of a Lanczos tridiagonal matrix failed");
    info =
        LAPACKE_dstein_work(LAPACK_COL_MAJOR, k, diagonal.data(), off.data(), 1, values.data(), block.data(),
                            split.data(), vector, k, work.data(), integers.data(), failed.data());
    require_accepted(info, "dstein");
    if (info > 0) throw Error(Status::numeric, "inverse iteration on a Lanczos tridiagonal matrix failed");
    value = values[0];
}

Extremes extremes(const Process& process, Size k) {
    Extremes result(k);
    const lapack_int order = static_cast<lapack_int>(k);
    extreme_pair(process, order, 1, result.low_value, result.low.data());
    extreme_pair(process, order, order, result.high_value, result.high.data());
    return result;
}

RitzPair ritz_pair(const Process& process, Size k, double value, const double* coordinates, double residual) {
    RitzPair pair;
    pair.value = value;
    pair.residual = residual;
    pair.vector.resize(static_cast<std::size_t>(process.n));
    gemv(process.n, k, 1.0, {process.basis.data(), 1, process.n}, coordinates, 1, 0.0, pair.vector.data());
    const double norm = norm_of(pair.vector.data(), process.n);
    for (double& x : pair.vector) x /= norm;
    return pair;
}

}  // namespace

SpectrumEnds spectrum_ends(Size n, const std::function<void(const double*, double*)>& apply,
                           const LanczosOptions& options) {
    SpectrumEnds ends;
    if (n == 0) return ends;
    const Size limit = std::min(n, options.max_steps);
    Process process(n, limit + 1);
    Random random(kStartSeed, 0);
    for (Size i = 0; i < n; ++i) process.basis[i] = random.normal();
    const double start = norm_of(process.basis.data(), n);
    for (Size i = 0; i < n; ++i) process.basis[i] /= start;

    double scale = 0.0;
    Size next_check = 12;
    for (Size k = 0;; ++k) {
        const double* v = process.basis.data() + k * n;
        double* w = process.basis.data() + (k + 1) * n;
        apply(v, w);
        double along = 0.0;
        for (Size i = 0; i < n; ++i) along += v[i] * w[i];
        process.diagonal[k] = along;
        process.reorthogonalise(w, k + 1);
        double left = norm_of(w, n);
        if (left < 0.5 * std::abs(along)) {  // what was removed may dwarf what is left: once more
            process.reorthogonalise(w, k + 1);
            left = norm_of(w, n);
        }
        scale = std::max({scale, std::abs(along), left});
        const Size steps = k + 1;
        // An invariant subspace holds every eigenvalue that the random start vector has a part of: all of
        // them.
        const bool invariant =
            left <= static_cast<double>(n) * std::numeric_limits<double>::epsilon() * scale;
        process.off[k] = left;
        if (steps == next_check || steps == limit || invariant) {
            const Extremes found = extremes(process, steps);
            const double last = invariant ? 0.0 : left;
            const double low_error = std::abs(last * found.low[steps - 1]);
            const double high_error = std::abs(last * found.high[steps - 1]);
            double reference = 0.0;
            if (options.want_lowest) reference = std::max(reference, std::abs(found.low_value));
            if (options.want_highest) reference = std::max(reference, std::abs(found.high_value));
            const bool done = (!options.want_lowest || low_error <= options.accuracy * reference) &&
                              (!options.want_highest || high_error <= options.accuracy * reference);
            if (done || invariant || steps == limit) {
                ends.steps = steps;
                ends.lowest = ritz_pair(process, steps, found.low_value, found.low.data(), low_error);
                ends.highest = ritz_pair(process, steps, found.high_value, found.high.data(), high_error);
                return ends;
            }
            next_check = steps + std::max<Size>(6, steps / 3);
        }
        for (Size i = 0; i < n; ++i) w[i] /= left;
    }
}

}  // namespace tepui::linalg
