// The loss along a line: a quadratic between kinks, whose slope and curvature change by one sample's terms at
// each of them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "solve/relu/active_point.hpp"

namespace tepui {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

struct Crossing {
    double t;
    Size neuron, sample;
};
// For a heap with the nearest crossing on top; ties in a fixed order.
bool farther(const Crossing& p, const Crossing& q) {
    if (p.t != q.t) return p.t > q.t;
    return p.neuron != q.neuron ? p.neuron > q.neuron : p.sample > q.sample;
}

// A sample's residual on the way: r + (t - since) rate.
struct Residual {
    double value = 0.0, rate = 0.0, since = 0.0;
};

class LossOnLine {
  public:
    LossOnLine(const Dataset& data, const ActivePoint& point, Matrix change)
        : data_(data), point_(point), change_(std::move(change)), residuals_(at(data.samples())) {
        const Slopes& slopes = point.sums.slopes;
        for (Size k = 0; k < data.samples(); ++k) residuals_[at(k)].value = point.sums.residuals[at(k)];
        for (Size i = 0; i < point.network.width; ++i) {
            const double a = point.network.output(i);
            for (Size k = 0; k < data.samples(); ++k) {
                const double z = point.z(i, k), q = change_(i, k);
                if (q == 0.0) continue;
                const bool above = z > 0.0 || (z == 0.0 && q > 0.0);
                residuals_[at(k)].rate += a * (above ? slopes.above : slopes.below) * q;
                if (z != 0.0 && (z > 0.0) != (q > 0.0)) crossings_.push_back({-z / q, i, k});
            }
        }
        std::make_heap(crossings_.begin(), crossings_.end(), farther);
        for (Size k = 0; k < data.samples(); ++k) {
            const Residual& r = residuals_[at(k)];
            slope_ += data.weight(k) * r.value * r.rate;
            curvature_ += data.weight(k) * r.rate * r.rate;
        }
    }

    LineMinimum first_minimum() {
        LineMinimum minimum;
        while (slope_ < 0.0) {
            const double bottom =
                curvature_ > 0.0 ? minimum.t - slope_ / curvature_ : std::numeric_limits<double>::infinity();
            const double next =
                crossings_.empty() ? std::numeric_limits<double>::infinity() : crossings_.front().t;
            minimum.neuron = minimum.sample = -1;
            const double to = std::min(bottom, next);
            if (!std::isfinite(to)) return minimum;
            const double length = to - minimum.t;
            minimum.decrease -= length * (slope_ + 0.5 * length * curvature_);
            minimum.t = to;
            if (bottom <= next) return minimum;
            slope_ += length * curvature_;
            std::pop_heap(crossings_.begin(), crossings_.end(), farther);
            const Crossing crossing = crossings_.back();
            crossings_.pop_back();
            cross(crossing);
            minimum.neuron = crossing.neuron;
            minimum.sample = crossing.sample;
        }
        return minimum;
    }

  private:
    void cross(const Crossing& crossing) {
        const double s = data_.weight(crossing.sample);
        const double q = change_(crossing.neuron, crossing.sample);
        Residual& r = residuals_[at(crossing.sample)];
        r.value += (crossing.t - r.since) * r.rate;
        r.since = crossing.t;
        // |q| more or less by the jump of the slope, 2 beta.
        const double jump =
            point_.network.output(crossing.neuron) * 2.0 * point_.sums.slopes.kink() * std::abs(q);
        slope_ += s * r.value * jump;
        curvature_ = std::max(0.0, curvature_ + s * jump * (2.0 * r.rate + jump));
        r.rate += jump;
    }

    const Dataset& data_;
    const ActivePoint& point_;
    Matrix change_;
    std::vector<Residual> residuals_;
    std::vector<Crossing> crossings_;
    double slope_ = 0.0, curvature_ = 0.0;
};

}  // namespace

LineMinimum minimise_along(const Dataset& data, const ActivePoint& point, const WeightStep& direction,
                           const KinkSets& held) {
    Matrix change = all_preactivations(data, direction.data(), point.network.width);
    for (Size i = 0; i < point.network.width; ++i) {
        for (const Size k : held[at(i)]) change(i, k) = 0.0;
    }
    return LossOnLine(data, point, std::move(change)).first_minimum();
}

}  // namespace tepui
