#include "classification/escape/psi_zero.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/psi.hpp"

namespace tepui {
namespace {

constexpr int kLines = 64;
constexpr int kCells = 24;          // of a line, searched for changes of sign
constexpr double kReach = 3.0;      // preactivations (root mean square) at the ends of a line
constexpr int kIterations = 200;    // bisection alone needs about 60
constexpr double kRoundings = 4.0;  // psi within so many roundings of its sum is zero

}  // namespace

PsiZeros::PsiZeros(const Dataset& data, std::span<const double> residuals, const Activation& activation,
                   const Execution& execution)
    : data_(data), residuals_(residuals), activation_(activation), execution_(execution) {
    std::vector<double> unit(static_cast<std::size_t>(data.inputs()), 0.0);
    for (double& entry : unit) {
        entry = 1.0;
        input_size_.push_back(preactivation_size(data, unit, execution));
        entry = 0.0;
    }
    rounding_ = kRoundings * std::numeric_limits<double>::epsilon() *
                (static_cast<double>(data.inputs()) + std::sqrt(static_cast<double>(data.samples())));
}

std::vector<double> PsiZeros::Line::at(double t) const {
    std::vector<double> w = start;
    for (std::size_t j = 0; j < w.size(); ++j) w[j] += t * direction[j];
    return w;
}

PsiZeros::Line PsiZeros::random_line(Random& random) const {
    Line line;
    for (std::vector<double>* vector : {&line.start, &line.direction}) {
        for (const double size : input_size_) vector->push_back(size > 0.0 ? random.normal() / size : 0.0);
        const double length = preactivation_size(data_, *vector, execution_);
        for (double& entry : *vector) entry /= length > 0.0 ? length : 1.0;
    }
    return line;
}

PsiZeros::Value PsiZeros::value(const Line& line, double t, bool slope) const {
    const Psi psi = psi_at(data_, residuals_, activation_, line.at(t), slope ? 1 : 0, execution_);
    Value result{psi.value, 0.0, rounding_ * psi.magnitude, psi.magnitude};
    for (std::size_t j = 0; j < psi.gradient.size(); ++j) result.slope += psi.gradient[j] * line.direction[j];
    if (!std::isfinite(result.psi) || !std::isfinite(result.tolerance)) return {};
    seen_nonzero_ = seen_nonzero_ || result.sign() != 0;
    return result;
}

PsiZeros::Zero PsiZeros::narrow_down(const Line& line, double low, double high, int sign_low) const {
    double t = 0.5 * (low + high);
    Value best = value(line, t, true);
    double best_t = t;
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        const Value here = value(line, t, true);
        if (std::abs(here.psi) <= std::abs(best.psi)) best = here, best_t = t;
        if (std::abs(here.psi) <= 0.01 * here.tolerance) break;
        ((here.psi > 0.0) == (sign_low > 0) ? low : high) = t;
        const double newton = t - here.psi / here.slope;
        const double middle = 0.5 * (low + high);
        const double next = newton > low && newton < high ? newton : middle;
        if (next == t || middle == low || middle == high) break;
        t = next;
    }
    return {line.at(best_t), best.magnitude > 0.0 ? std::abs(best.psi) / best.magnitude : 0.0};
}

std::optional<PsiZeros::Zero> PsiZeros::near(std::span<const double> w, double step, Random& random) const {
    constexpr int kNewton = 30;
    const std::size_t d = input_size_.size();
    // The gradient in inputs of equal size, as a move.
    std::vector<double> uphill(d, 0.0);
    const auto look = [&](const std::vector<double>& at, double& slope) {
        Psi psi = psi_at(data_, residuals_, activation_, at, 1, execution_);
        slope = 0.0;
        for (std::size_t j = 0; j < d; ++j) {
            uphill[j] = input_size_[j] > 0.0 ? psi.gradient[j] / (input_size_[j] * input_size_[j]) : 0.0;
            slope += psi.gradient[j] * uphill[j];
        }
        return psi;
    };
    std::vector<double> point(w.begin(), w.end()), move(d, 0.0);
    double slope = 0.0;
    const Psi start = look(point, slope);
    if (!(slope > 0.0)) return std::nullopt;
    for (std::size_t j = 0; j < d; ++j)
        move[j] = input_size_[j] > 0.0 ? random.normal() / input_size_[j] : 0.0;
    double along = 0.0;
    for (std::size_t j = 0; j < d; ++j) along += start.gradient[j] * move[j];
    for (std::size_t j = 0; j < d; ++j) move[j] -= along / slope * uphill[j];
    const double size = preactivation_size(data_, move, execution_);
    if (!(size > 0.0)) return std::nullopt;  // nowhere to go: the zeros are points
    for (std::size_t j = 0; j < d; ++j) point[j] += step / size * move[j];
    double last = std::numeric_limits<double>::infinity();
    for (int iteration = 0; iteration < kNewton; ++iteration) {
        const Psi psi = look(point, slope);
        const double value = std::abs(psi.value), tolerance = rounding_ * psi.magnitude;
        if (!std::isfinite(value) || !(slope > 0.0)) return std::nullopt;
        if (value <= tolerance && !(value < 0.5 * last))
            return Zero{point, psi.magnitude > 0.0 ? value / psi.magnitude : 0.0};
        last = value;
        for (std::size_t j = 0; j < d; ++j) point[j] -= psi.value / slope * uphill[j];
    }
    return std::nullopt;
}

std::optional<PsiZeros::Zero> PsiZeros::find(Random& random) const {
    for (int attempt = 0; attempt < kLines; ++attempt) {
        const Line line = random_line(random);
        double brackets[kCells][2];
        int signs[kCells], found = 0;
        double last_t = -kReach;
        int last_sign = value(line, last_t, false).sign();
        for (int cell = 1; cell <= kCells; ++cell) {
            const double t = -kReach + 2.0 * kReach * cell / kCells;
            const int sign = value(line, t, false).sign();
            if (sign == 0) continue;
            if (sign * last_sign < 0) {
                brackets[found][0] = last_t, brackets[found][1] = t;
                signs[found++] = last_sign;
            }
            last_t = t, last_sign = sign;
        }
        if (found == 0) continue;
        const int chosen = std::min(found - 1, static_cast<int>(random.uniform() * found));
        return narrow_down(line, brackets[chosen][0], brackets[chosen][1], signs[chosen]);
    }
    return std::nullopt;
}

}  // namespace tepui
