#include "classification/escape/psi_zero.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/psi.hpp"
#include "core/rounding.hpp"
#include "network/inputs/input_sizes.hpp"

namespace tepui {
namespace {

constexpr int kLines = 64;
constexpr int kCells = 24;          // of a line, searched for changes of sign
constexpr double kReach = 3.0;      // preactivations (root mean square) at the ends of a line
constexpr int kIterations = 200;    // bisection alone needs about 60
constexpr double kRoundings = 4.0;  // psi within so many roundings of its sum is zero

}  // namespace

PsiZeros::PsiZeros(const Dataset& data, std::vector<std::span<const double>> pulls,
                   const Activation& activation, const Execution& execution)
    : data_(data),
      pulls_(std::move(pulls)),
      residuals_(pulls_.front()),
      activation_(activation),
      execution_(execution),
      input_size_(input_sizes(data, execution)) {
    rounding_ = kRoundings * sum_rounding(data.inputs(), data.samples());
}

std::vector<double> PsiZeros::Line::at(double t) const {
    std::vector<double> w = start;
    for (std::size_t j = 0; j < w.size(); ++j) w[j] += t * direction[j];
    return w;
}

PsiZeros::Line PsiZeros::random_line(Random& random) const {
    Line line;
    const Size d = static_cast<Size>(input_size_.size());
    Matrix rows(2, d);
    std::vector<double>* const vectors[] = {&line.start, &line.direction};
    for (Size row = 0; row < 2; ++row) {
        for (const double size : input_size_)
            vectors[row]->push_back(size > 0.0 ? random.normal() / size : 0.0);
        std::copy(vectors[row]->begin(), vectors[row]->end(), rows.row(row));
    }
    const std::vector<double> lengths = preactivation_sizes(data_, rows, execution_);
    for (std::size_t row = 0; row < 2; ++row)
        for (double& entry : *vectors[row]) entry /= lengths[row] > 0.0 ? lengths[row] : 1.0;
    return line;
}

PsiZeros::Value PsiZeros::judged(const Psi& psi) const {
    const Value result{psi.value, 0.0, rounding_ * psi.magnitude, psi.magnitude};
    if (!std::isfinite(result.psi) || !std::isfinite(result.tolerance)) return {};
    seen_nonzero_ = seen_nonzero_ || result.sign() != 0;
    return result;
}

PsiZeros::Value PsiZeros::value(const Line& line, double t) const {
    const Psi psi = psi_at(data_, residuals_, activation_, line.at(t), 1, execution_);
    Value result = judged(psi);
    for (std::size_t j = 0; j < psi.gradient.size(); ++j) result.slope += psi.gradient[j] * line.direction[j];
    return result;
}

std::vector<int> PsiZeros::signs(const Line& line, std::span<const double> t) const {
    Matrix points(static_cast<Size>(t.size()), static_cast<Size>(input_size_.size()));
    for (std::size_t q = 0; q < t.size(); ++q) {
        const std::vector<double> w = line.at(t[q]);
        std::copy(w.begin(), w.end(), points.row(static_cast<Size>(q)));
    }
    std::vector<int> result;
    for (const Psi& psi : psi_values(data_, residuals_, activation_, points, execution_))
        result.push_back(judged(psi).sign());
    return result;
}

std::optional<PsiZeros::Zero> PsiZeros::narrow_down(const Line& line, double low, double high,
                                                    int sign_low) const {
    double t = 0.5 * (low + high);
    Value best = value(line, t);
    double best_t = t;
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        const Value here = value(line, t);
        if (std::abs(here.psi) <= std::abs(best.psi)) best = here, best_t = t;
        if (std::abs(here.psi) <= 0.01 * here.tolerance) break;
        ((here.psi > 0.0) == (sign_low > 0) ? low : high) = t;
        const double newton = t - here.psi / here.slope;
        const double middle = 0.5 * (low + high);
        const double next = newton > low && newton < high ? newton : middle;
        if (next == t || middle == low || middle == high) break;
        t = next;
    }
    std::vector<double> w = line.at(best_t);
    if (best.sign() != 0) return origin_near(w);
    return Zero{std::move(w), best.magnitude > 0.0 ? std::abs(best.psi) / best.magnitude : 0.0};
}

std::optional<PsiZeros::Zero> PsiZeros::origin_near(const std::vector<double>& w) const {
    constexpr double kNear = 1e-6;  // preactivations (root mean square)
    if (preactivation_size(data_, w, execution_) > kNear) return std::nullopt;
    std::vector<double> origin(w.size(), 0.0);
    const Value there = judged(psi_at(data_, residuals_, activation_, origin, 0, execution_));
    if (there.sign() != 0) return std::nullopt;
    return Zero{std::move(origin), there.magnitude > 0.0 ? std::abs(there.psi) / there.magnitude : 0.0};
}

std::optional<PsiZeros::Zero> PsiZeros::near(std::span<const double> w, double step, Random& random) const {
    if (equations() > 1) return solve_near(w, step, random);
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
    if (equations() > 1) {
        for (int attempt = 0; attempt < kLines; ++attempt) {
            const Line line = random_line(random);
            std::optional<Zero> zero = solve(line.at(kReach * (2.0 * random.uniform() - 1.0)));
            if (zero || equations() > data_.inputs()) return zero;
        }
        return std::nullopt;
    }
    std::vector<double> t;
    for (int cell = 0; cell <= kCells; ++cell) t.push_back(-kReach + 2.0 * kReach * cell / kCells);
    for (int attempt = 0; attempt < kLines; ++attempt) {
        const Line line = random_line(random);
        const std::vector<int> sign = signs(line, t);
        // Ends of the cells between which psi changes its sign.
        std::vector<std::pair<std::size_t, std::size_t>> brackets;
        std::size_t last = 0;
        for (std::size_t cell = 1; cell < t.size(); ++cell) {
            if (sign[cell] == 0) continue;
            if (sign[cell] * sign[last] < 0) brackets.emplace_back(last, cell);
            last = cell;
        }
        if (brackets.empty()) continue;
        const double count = static_cast<double>(brackets.size());
        const std::size_t chosen =
            std::min(brackets.size() - 1, static_cast<std::size_t>(random.uniform() * count));
        const auto [low, high] = brackets[chosen];
        if (std::optional<Zero> zero = narrow_down(line, t[low], t[high], sign[low])) return zero;
    }
    return std::nullopt;
}

}  // namespace tepui
