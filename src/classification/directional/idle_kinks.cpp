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
        for (std::size_t l = 0; l < kinks_.samples.size(); ++l) {
            if (!(point_.data.weight(kinks_.samples[l]) > 0.0) || !holds(l)) continue;
            const std::vector<double> own = own_direction(l);
            if (own.empty()) continue;
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
                at_kink_.push_back(x);
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
    // Whether switching the neuron on there lets the loss grow.
    bool holds(std::size_t l) const {
        double slope = 0.0, terms = 0.0;
        for (Size o = 0; o < point_.outputs(); ++o) {
            const double term = point_.network.output(i_, o) *
                                kinks_.coefficients[l * static_cast<std::size_t>(point_.outputs()) +
                                                    static_cast<std::size_t>(o)];
            slope += term;
            terms += std::abs(term);
        }
        return slope > kHolds * terms;
    }
    // v with v.x = 1 at that kink and those parallel to it, 0 at all others and where the neuron is on.
    std::vector<double> own_direction(std::size_t l) const {
        std::vector<double> x(static_cast<std::size_t>(point_.network.inputs));
        point_.data.sample(kinks_.samples[l], x.data());
        const std::vector<double> direction = unit(x);
        GrowingBasis others = on_;
        for (const std::vector<double>& other : at_kink_) {
            const std::vector<double> of = unit(other);
            if (std::abs(dot(of, direction)) < 1.0 - kOwn * kOwn) others.add(of);
        }
        std::vector<double> own = others.remainder(direction);
        const double length = norm_of(own);
        if (!(length > kOwn)) return {};
        const double scale = 1.0 / dot(own, x);
        for (double& component : own) component *= scale;
        for (const std::vector<double>& other : at_kink_)
            if (dot(own, other) < -kOwn) return {};  // it would be switched on
        return own;
    }

    const KinkedPoint& point_;
    Size i_;
    const NeuronKinks& kinks_;
    const double* w_;
    GrowingBasis on_{point_.network.inputs};
    std::vector<std::vector<double>> at_kink_;
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
