#include "linalg/lanczos_process.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.hpp"
#include "core/rounding.hpp"
#include "linalg/tridiagonal.hpp"

namespace tepui::linalg {
namespace {

// Components are cut by their number alone: the same sums for every number of threads.
constexpr Size kSlab = 2048;
constexpr double kKept = 0.7;  // of a vector's length, or what rounding left along the basis is not small

Size slabs(Size order) {
    return (order + kSlab - 1) / kSlab;
}

double partial_dot(const double* x, const double* y, Size count) {
    double lane[8] = {};
    Size k = 0;
    for (; k + 8 <= count; k += 8) {
        for (Size l = 0; l < 8; ++l) lane[l] += x[k + l] * y[k + l];
    }
    for (; k < count; ++k) lane[k & 7] += x[k] * y[k];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace

LanczosProcess::LanczosProcess(std::span<const double> start, int threads)
    : order_(static_cast<Size>(start.size())), threads_(threads) {
    double largest = 0.0;
    for (const double x : start) largest = std::max(largest, std::abs(x));
    basis_.emplace_back(order_);
    double* q = basis_.back().data();
    for (Size i = 0; i < order_; ++i) q[i] = start[i] / largest;
    const double length = std::sqrt(dot(q, q));
    for (Size i = 0; i < order_; ++i) q[i] /= length;
    start_length_ = largest * length;
}

double LanczosProcess::dot(const double* x, const double* y) const {
    double sum = 0.0;
    for (Size begin = 0; begin < order_; begin += kSlab)
        sum += partial_dot(x + begin, y + begin, std::min(kSlab, order_ - begin));
    return sum;
}

// w -= V V^T w over the first k basis vectors: a slab of w stays in cache while the vectors stream by.
void LanczosProcess::orthogonalise(double* w, Size k) const {
    const Size count = slabs(order_);
    const int threads = worthwhile_threads(static_cast<double>(order_ * k), threads_);
    Buffer<double> partial(count * k), dots(k);
    parallel_for(threads, count, [&](Size slab, Size) {
        const Size begin = slab * kSlab, length = std::min(kSlab, order_ - begin);
        for (Size l = 0; l < k; ++l)
            partial[slab * k + l] = partial_dot(basis_[l].data() + begin, w + begin, length);
    });
    for (Size slab = 0; slab < count; ++slab) {
        for (Size l = 0; l < k; ++l) dots[l] += partial[slab * k + l];
    }
    parallel_for(threads, count, [&](Size slab, Size) {
        const Size begin = slab * kSlab, length = std::min(kSlab, order_ - begin);
        for (Size l = 0; l < k; ++l) {
            const double* v = basis_[l].data() + begin;
            const double part = dots[l];
            for (Size i = 0; i < length; ++i) w[begin + i] -= part * v[i];
        }
    });
}

bool LanczosProcess::advance(std::span<const double> image) {
    if (exhausted_) return false;
    const double* q = basis_.back().data();
    Buffer<double> next(order_);
    std::copy(image.begin(), image.end(), next.data());
    double* w = next.data();
    const double along = dot(q, w);
    diagonal_.push_back(along);
    ++steps_;
    scale_ = std::max(scale_, std::sqrt(dot(w, w)));
    // By the recurrence first: what the whole basis takes out after it is small, and one round of that is
    // enough unless it is not.
    for (Size i = 0; i < order_; ++i) w[i] -= along * q[i];
    if (steps_ > 1) {
        const double* previous = basis(steps_ - 2).data();
        for (Size i = 0; i < order_; ++i) w[i] -= off_.back() * previous[i];
    }
    double before = std::sqrt(dot(w, w)), left = before;
    for (int round = 0; round < 2 && (round == 0 || left < kKept * before); ++round) {
        before = left;
        orthogonalise(w, steps_);
        left = std::sqrt(dot(w, w));
    }
    exhausted_ = steps_ >= order_ || !(left > static_cast<double>(order_) * kEps * scale_);
    off_.push_back(exhausted_ ? 0.0 : left);
    if (exhausted_) return false;
    for (Size i = 0; i < order_; ++i) w[i] /= left;
    basis_.push_back(std::move(next));
    return true;
}

LanczosProcess::End LanczosProcess::end(Size which) const {
    TridiagonalPair pair = tridiagonal_pair(diagonal_.data(), off_.data(), steps_, which);
    return {pair.value, std::abs(off_.back() * pair.vector.back()), std::move(pair.vector)};
}

std::vector<double> LanczosProcess::combination(std::span<const double> coordinates) const {
    std::vector<double> x(order_, 0.0);
    parallel_for(threads_, slabs(order_), [&](Size slab, Size) {
        const Size begin = slab * kSlab, length = std::min(kSlab, order_ - begin);
        for (std::size_t l = 0; l < coordinates.size(); ++l) {
            const double* v = basis_[l].data() + begin;
            for (Size i = 0; i < length; ++i) x[begin + i] += coordinates[l] * v[i];
        }
    });
    return x;
}

std::vector<double> LanczosProcess::vector(std::span<const double> coordinates) const {
    std::vector<double> x = combination(coordinates);
    const double length = std::sqrt(dot(x.data(), x.data()));
    for (double& component : x) component /= length;
    return x;
}

std::vector<double> LanczosProcess::solution(double tau) const {
    return tridiagonal_pseudo_solve(diagonal_.data(), off_.data(), steps_, start_length_, tau);
}

double LanczosProcess::solution_residual(std::span<const double> coordinates) const {
    double squares = 0.0;
    for (Size i = 0; i < steps_; ++i) {
        const auto at = static_cast<std::size_t>(i);
        double row = diagonal_[at] * coordinates[at] - (i == 0 ? start_length_ : 0.0);
        if (i > 0) row += off_[at - 1] * coordinates[at - 1];
        if (i + 1 < steps_) row += off_[at] * coordinates[at + 1];
        squares += row * row;
    }
    const double last = off_.back() * coordinates.back();
    return std::sqrt(squares + last * last) / start_length_;
}

// p(x) = det(x I - T) / prod off: the pivots of x I - T are negative below every Ritz value.
double LanczosProcess::log_polynomial(double x) const {
    double log_size = 0.0, pivot = 0.0;
    for (std::size_t i = 0; i < diagonal_.size(); ++i) {
        pivot = diagonal_[i] - x - (i > 0 ? off_[i - 1] * (off_[i - 1] / pivot) : 0.0);
        if (!(pivot > 0.0)) return -std::numeric_limits<double>::infinity();
        log_size +=
            std::log(pivot) - (off_[i] > 0.0 ? std::log(off_[i]) : -std::numeric_limits<double>::infinity());
    }
    return log_size;
}

}  // namespace tepui::linalg
