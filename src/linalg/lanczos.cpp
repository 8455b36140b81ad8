#include "linalg/lanczos.hpp"

#include <algorithm>
#include <cmath>

#include "core/buffer.hpp"
#include "core/random.hpp"
#include "core/rounding.hpp"
#include "linalg/blis_calls.hpp"
#include "linalg/tridiagonal.hpp"

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

RitzPair ritz_pair(const Process& process, Size k, double value, const double* coordinates, double residual) {
    RitzPair pair;
    pair.value = value;
    pair.residual = residual;
    pair.vector.resize(process.n);
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
        const bool invariant = left <= static_cast<double>(n) * kEps * scale;
        process.off[k] = left;
        if (steps == next_check || steps == limit || invariant) {
            const auto end = [&](Size which) {
                return tridiagonal_pair(process.diagonal.data(), process.off.data(), steps, which);
            };
            const TridiagonalPair low = end(0), high = end(steps - 1);
            const double last = invariant ? 0.0 : left;
            const double low_error = std::abs(last * low.vector.back());
            const double high_error = std::abs(last * high.vector.back());
            double reference = 0.0;
            if (options.want_lowest) reference = std::max(reference, std::abs(low.value));
            if (options.want_highest) reference = std::max(reference, std::abs(high.value));
            const bool done = (!options.want_lowest || low_error <= options.accuracy * reference) &&
                              (!options.want_highest || high_error <= options.accuracy * reference);
            if (done || invariant || steps == limit) {
                ends.steps = steps;
                ends.lowest = ritz_pair(process, steps, low.value, low.vector.data(), low_error);
                ends.highest = ritz_pair(process, steps, high.value, high.vector.data(), high_error);
                return ends;
            }
            next_check = steps + std::max<Size>(6, steps / 3);
        }
        for (Size i = 0; i < n; ++i) w[i] /= left;
    }
}

}  // namespace tepui::linalg
