#include "classification/directional/idle_kinks.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/basis.hpp"
#include "core/euclidean.hpp"

namespace tepui {
namespace {

// Of its length, what a sample has by itself at least; of the absolute terms, a slope that is no rounding.
constexpr double kOwn = 1e-6, kHolds = 1e-6;
// Of the way to the next sample that would be switched on.
constexpr double kStep = 0.5;

class Neuron {
  public:
    Neuron(const KinkedPoint& point, Size i)
        : point_(point), i_(i), kinks_(point.sums.kinks[i]), w_(point.network.weights(i)) {}

    // Weights to add; empty when no kink is idle.
    std::vector<double> step() {
        const Size d = point_.network.inputs;
        std::vector<double> v(static_cast<std::size_t>(d), 0.0);
        if (kinks_.samples.empty() || !read_samples()) return {};
        bool any = false;
        for (const Kink& kink : at_kink_) {
            const std::vector<double> own = own_direction(kink.x);
            if (own.empty() || !is_held(own)) continue;
            any = true;
            for (std::size_t j = 0; j < v.size(); ++j) v[j] -= own[j];
        }
        if (!any) return {};
        double longest = norm_of({w_, v.size()}) / norm_of(v);
        for (const auto& [z, x] : off_) {
            const double along = dot(v, x);
            if (along > kDependent * norm_of(v) * norm_of(x)) longest = std::min(longest, -z / along);
        }
        for (double& component : v) component *= kStep * longest;
        return v;
    }

  private:
    // False where the samples that the neuron is on for leave no direction.
    bool read_samples() {
        const Size d = point_.network.inputs;
        std::vector<double> x(static_cast<std::size_t>(d));
        for (Size k = 0; k < point_.data.samples(); ++k) {
            if (!(point_.data.weight(k) > 0.0)) continue;
            point_.data.sample(k, x.data());
            if (std::binary_search(kinks_.samples.begin(), kinks_.samples.end(), k)) {
                at_kink_.push_back({x, slope_of(k)});
                continue;
            }
            const double z = dot({w_, x.size()}, x);
            if (z > 0.0 && on_.size() < d) on_.add(unit(x));
            if (z < 0.0) off_.emplace_back(z, x);
        }
        return on_.size() < d;
    }
    static std::vector<double> unit(std::vector<double> x) {
        const double length = norm_of(x);
        for (double& component : x) component /= length > 0.0 ? length : 1.0;
        return x;
    }
    // dL/dz_ik where the neuron is on at the kink, and the absolute terms of it.
    struct Slope {
        double value = 0.0, terms = 0.0;
    };
    Slope slope_of(Size k) const {
        const auto found = std::lower_bound(kinks_.samples.begin(), kinks_.samples.end(), k);
        const auto outputs = static_cast<std::size_t>(point_.outputs());
        const std::size_t at = static_cast<std::size_t>(found - kinks_.samples.begin()) * outputs;
        Slope slope;
        for (std::size_t o = 0; o < outputs; ++o) {
            const double term = point_.network.output(i_, static_cast<Size>(o)) * kinks_.coefficients[at + o];
            slope.value += term;
            slope.terms += std::abs(term);
        }
        return slope;
    }
    // Whether switching the neuron on along v lets the loss grow: all that it is switched on for counts.
    bool is_held(const std::vector<double>& v) const {
        Slope sum;
        for (const Kink& kink : at_kink_) {
            const double along = std::max(0.0, dot(v, kink.x));
            sum.value += along * kink.slope.value;
            sum.terms += along * kink.slope.terms;
        }
        return sum.value > kHolds * sum.terms;
    }
    // v with v.x = 1 at that kink, and more than 0 at those parallel to it, 0 at all others and where the
    // neuron is on.
    std::vector<double> own_direction(const std::vector<double>& x) const {
        const std::vector<double> direction = unit(x);
        GrowingBasis others = on_;
        for (const Kink& other : at_kink_) {
            const std::vector<double> of = unit(other.x);
            if (std::abs(dot(of, direction)) < 1.0 - kOwn * kOwn) others.add(of);
        }
        std::vector<double> own = others.remainder(direction);
        const double length = norm_of(own);
        if (!(length > kOwn)) return {};
        const double scale = 1.0 / dot(own, x);
        for (double& component : own) component *= scale;
        for (const Kink& other : at_kink_)
            if (dot(own, other.x) < -kOwn) return {};  // it would be switched on
        return own;
    }

    const KinkedPoint& point_;
    Size i_;
    const NeuronKinks& kinks_;
    const double* w_;
    GrowingBasis on_{point_.network.inputs};
    struct Kink {
        std::vector<double> x;
        Slope slope;
    };
    std::vector<Kink> at_kink_;
    std::vector<std::pair<double, std::vector<double>>> off_;  // z < 0, x
};

}  // namespace

std::optional<Network> off_idle_kinks(const KinkedPoint& point) {
    if (point.sums.slopes.below != 0.0 || !point.lambdas.empty()) return std::nullopt;
    Network moved = point.network;
    bool any = false;
    for (Size i = 0; i < point.network.width; ++i) {
        const std::vector<double> step = Neuron(point, i).step();
        for (std::size_t j = 0; j < step.size(); ++j) moved.weights(i)[j] += step[j];
        any = any || !step.empty();
    }
    return any ? std::optional<Network>(std::move(moved)) : std::nullopt;
}

}  // namespace tepui
