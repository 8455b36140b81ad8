#include "solve/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "solve/solve.hpp"

namespace tepui {
namespace {

struct Neuron {
    std::vector<double> w;
    double a = 0.0;
    double length = 0.0;
};

// Homogeneous activations: the length of w goes into the output weight.
std::vector<Neuron> representatives(const Network& network, const NeuronMetric& metric) {
    const int degree = network.activation.traits().homogeneity;
    std::vector<Neuron> neurons;
    for (Size i = 0; i < network.width; ++i) {
        const double* w = network.weights(i);
        Neuron neuron{{w, w + network.inputs}, network.output(i), metric.length(w)};
        if (degree > 0 && neuron.length > 0.0) {
            for (double& component : neuron.w) component /= neuron.length;
            neuron.a *= std::pow(neuron.length, degree);
            neuron.length = 1.0;
        } else if (degree > 0) {
            neuron.a = 0.0;
        }
        neurons.push_back(std::move(neuron));
    }
    return neurons;
}

class Comparison {
  public:
    Comparison(const ActivationTraits& traits, const NeuronMetric& metric, double weight_scale,
               double tolerance)
        : traits_(traits), metric_(metric), weight_scale_(weight_scale), tolerance_(tolerance) {}

    bool equal(const Neuron& p, const Neuron& q) const {
        if (equal(p, q, 1.0, 1.0)) return true;
        if (traits_.parity == Parity::odd) return equal(p, q, -1.0, -1.0);
        return traits_.parity == Parity::even && equal(p, q, -1.0, 1.0);
    }

  private:
    bool equal(const Neuron& p, const Neuron& q, double weight_sign, double output_sign) const {
        std::vector<double> difference(p.w.size());
        for (std::size_t j = 0; j < difference.size(); ++j) difference[j] = p.w[j] - weight_sign * q.w[j];
        if (metric_.constant_input >= 0) {
            double& offset = difference[metric_.constant_input];
            const double turns = std::round(offset * metric_.constant_value / std::numbers::pi);
            offset -= turns * std::numbers::pi / metric_.constant_value;
            if (std::fmod(turns, 2.0) != 0.0) output_sign = -output_sign;
        }
        // Long weight vectors are compared relative to their length, short ones to that of the network's
        // typical one.
        const double scale = std::max({p.length, q.length, 0.1 * weight_scale_});
        return std::abs(p.a - output_sign * q.a) <= tolerance_ * metric_.output_scale &&
               metric_.length(difference.data()) <= tolerance_ * scale;
    }

    const ActivationTraits& traits_;
    const NeuronMetric& metric_;
    double weight_scale_, tolerance_;
};

// Kuhn's augmenting paths.
class Matching {
  public:
    explicit Matching(std::vector<std::vector<std::size_t>> allowed)
        : allowed_(std::move(allowed)), partner_(allowed_.size(), kFree) {}

    bool perfect() {
        for (std::size_t i = 0; i < allowed_.size(); ++i) {
            seen_.assign(allowed_.size(), false);
            if (!augment(i)) return false;
        }
        return true;
    }

  private:
    static constexpr std::size_t kFree = static_cast<std::size_t>(-1);
    bool augment(std::size_t i) {
        for (const std::size_t j : allowed_[i]) {
            if (seen_[j]) continue;
            seen_[j] = true;
            if (partner_[j] == kFree || augment(partner_[j])) {
                partner_[j] = i;
                return true;
            }
        }
        return false;
    }

    std::vector<std::vector<std::size_t>> allowed_;
    std::vector<std::size_t> partner_;
    std::vector<bool> seen_;
};

double largest_length(const std::vector<Neuron>& neurons) {
    double largest = 0.0;
    for (const Neuron& neuron : neurons) largest = std::max(largest, neuron.length);
    return largest;
}

}  // namespace

bool match_neurons(const Network& a, const Network& b, const NeuronMetric& metric, double tolerance) {
    if (a.width != b.width || a.inputs != b.inputs) return false;
    const std::vector<Neuron> left = representatives(a, metric), right = representatives(b, metric);
    NeuronMetric scaled = metric;
    for (const auto* side : {&left, &right}) {
        for (const Neuron& neuron : *side)
            scaled.output_scale = std::max(scaled.output_scale, std::abs(neuron.a));
    }
    const double weight_scale = std::max(largest_length(left), largest_length(right));
    const Comparison comparison(a.activation.traits(), scaled, weight_scale, tolerance);
    std::vector<std::vector<std::size_t>> allowed(left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        for (std::size_t j = 0; j < right.size(); ++j) {
            if (comparison.equal(left[i], right[j])) allowed[i].push_back(j);
        }
    }
    return Matching(std::move(allowed)).perfect();
}

bool same_up_to_symmetry(const Network& a, const Network& b, double tolerance) {
    if (a.width != b.width || a.inputs != b.inputs || a.activation.kind() != b.activation.kind() ||
        a.activation.parameter() != b.activation.parameter()) {
        return false;
    }
    // Each input's own scale: its largest weight in either network.
    std::vector<double> scale(a.inputs, 0.0);
    for (const Network* network : {&a, &b}) {
        for (Size i = 0; i < network->width; ++i) {
            for (Size j = 0; j < network->inputs; ++j) {
                scale[j] = std::max(scale[j], std::abs(network->weights(i)[j]));
            }
        }
    }
    NeuronMetric metric;
    metric.output_scale = 0.0;
    metric.length = [&scale](const double* w) {
        double largest = 0.0;
        for (std::size_t j = 0; j < scale.size(); ++j) {
            if (scale[j] > 0.0) largest = std::max(largest, std::abs(w[j]) / scale[j]);
        }
        return largest;
    };
    return match_neurons(a, b, metric, tolerance);
}

}  // namespace tepui
