// Zeros of psi in several outputs at once: Newton's method with steps of least length, where there are no
// more equations than inputs (MATH.md section 14).
#include <algorithm>
#include <cmath>

#include "classification/escape/psi_zero.hpp"
#include "linalg/symmetric.hpp"
#include "network/inputs/input_sizes.hpp"

namespace tepui {

// In weights times the size of each input.
struct PsiZeros::System {
    std::vector<double> value;  // over what counts as zero
    Matrix slopes;              // [equations][inputs], each over the terms of its equation
    std::vector<double> level;  // |psi| over its terms
    double largest() const {
        double most = 0.0;
        for (const double v : value) most = std::max(most, std::abs(v));
        return most;
    }
    double worst_level() const {
        double most = 0.0;
        for (const double v : level) most = std::max(most, v);
        return most;
    }
};

namespace {

constexpr double kIndependent = 1e-4;  // of the slopes' singular values: the least over the largest

// x with slopes x = value, of least length; empty where the slopes depend on each other.
std::optional<std::vector<double>> least_step(const Matrix& slopes, const std::vector<double>& value) {
    const Size equations = slopes.rows(), inputs = slopes.cols();
    Matrix gram(equations, equations);
    for (Size p = 0; p < equations; ++p)
        for (Size q = 0; q < equations; ++q)
            for (Size j = 0; j < inputs; ++j) gram(p, q) += slopes(p, j) * slopes(q, j);
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(gram, true);
    const double most = eigen.values[equations - 1];
    if (!(eigen.values[0] > kIndependent * kIndependent * most)) return std::nullopt;
    std::vector<double> step(static_cast<std::size_t>(inputs), 0.0);
    for (Size l = 0; l < equations; ++l) {
        double along = 0.0;
        for (Size p = 0; p < equations; ++p)
            along += eigen.vectors(l, p) * value[static_cast<std::size_t>(p)];
        along /= eigen.values[l];
        for (Size p = 0; p < equations; ++p)
            for (Size j = 0; j < inputs; ++j)
                step[static_cast<std::size_t>(j)] += along * eigen.vectors(l, p) * slopes(p, j);
    }
    return step;
}

}  // namespace

std::optional<PsiZeros::System> PsiZeros::system(const std::vector<double>& w) const {
    const Size inputs = data_.inputs();
    System found{{}, Matrix(equations(), inputs), {}};
    for (Size q = 0; q < equations(); ++q) {
        const Psi psi = psi_at(data_, pulls_[static_cast<std::size_t>(q)], activation_, w, 1, execution_);
        if (!std::isfinite(psi.value) || !std::isfinite(psi.magnitude)) return std::nullopt;
        const double terms = psi.magnitude > 0.0 ? psi.magnitude : 1.0;
        found.value.push_back(psi.value / terms);
        found.level.push_back(std::abs(psi.value) / terms);
        seen_nonzero_ = seen_nonzero_ || std::abs(psi.value) > rounding_ * psi.magnitude;
        for (std::size_t j = 0; j < input_size_.size(); ++j) {
            const double size = input_size_[j], slope = psi.gradient[j];
            const bool known = size > 0.0 && std::abs(slope) > rounding_ * psi.gradient_magnitude[j];
            found.slopes(q, static_cast<Size>(j)) = known ? slope / (size * terms) : 0.0;
        }
    }
    return found;
}

std::optional<PsiZeros::Zero> PsiZeros::solve(std::vector<double> w) const {
    constexpr int kNewton = 60;
    constexpr double kLongest = 1.0;  // of a step, in preactivations
    std::optional<System> here = system(w);
    for (int iteration = 0; here && iteration < kNewton; ++iteration) {
        const std::optional<std::vector<double>> step = least_step(here->slopes, here->value);
        if (!step) return std::nullopt;
        if (here->largest() <= 0.25 * rounding_) break;
        double length = 0.0;
        for (const double x : *step) length = std::hypot(length, x);
        double share = std::min(1.0, kLongest / length);
        std::optional<System> next;
        std::vector<double> moved;
        for (int half = 0; half < 12; ++half, share *= 0.5) {
            moved = w;
            for (std::size_t j = 0; j < moved.size(); ++j)
                if (input_size_[j] > 0.0) moved[j] -= share * (*step)[j] / input_size_[j];
            next = system(moved);
            if (next && next->largest() < here->largest()) break;
            next.reset();
        }
        if (!next) break;  // rounding ends the descent, or a place where it is caught
        w = std::move(moved);
        here = std::move(next);
    }
    if (!here || here->largest() > rounding_ || !least_step(here->slopes, here->value)) return std::nullopt;
    // Beside w = 0 all terms vanish with psi, and nothing tells how it does.
    constexpr double kNear = 1e-3;  // preactivations (root mean square)
    if (preactivation_size(data_, w, execution_) > kNear) return Zero{std::move(w), here->worst_level()};
    std::fill(w.begin(), w.end(), 0.0);
    here = system(w);
    if (!here || here->largest() > rounding_ || !least_step(here->slopes, here->value)) return std::nullopt;
    return Zero{std::move(w), here->worst_level()};
}

std::optional<PsiZeros::Zero> PsiZeros::solve_near(std::span<const double> w, double step,
                                                   Random& random) const {
    std::vector<double> point(w.begin(), w.end());
    const std::optional<System> here = system(point);
    if (!here) return std::nullopt;
    std::vector<double> move(point.size());
    for (double& x : move) x = random.normal();
    std::vector<double> rates;
    for (Size q = 0; q < equations(); ++q) {
        double rate = 0.0;
        for (std::size_t j = 0; j < move.size(); ++j) rate += here->slopes(q, static_cast<Size>(j)) * move[j];
        rates.push_back(rate);
    }
    const std::optional<std::vector<double>> off = least_step(here->slopes, rates);
    if (!off) return std::nullopt;
    for (std::size_t j = 0; j < move.size(); ++j)
        move[j] = input_size_[j] > 0.0 ? (move[j] - (*off)[j]) / input_size_[j] : 0.0;
    const double size = preactivation_size(data_, move, execution_);
    if (!(size > 1e-9)) return std::nullopt;  // nowhere to go: the zeros are points
    for (std::size_t j = 0; j < move.size(); ++j) point[j] += step / size * move[j];
    return solve(std::move(point));
}

}  // namespace tepui
