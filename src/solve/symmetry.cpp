#include "solve/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "solve/solve.hpp"

namespace tepui {
namespace {

struct Neuron {
    const Activation* activation;
    std::vector<double> w;
    std::vector<double> a;  // [outputs]
    double length = 0.0;
};

double largest(const std::vector<double>& a) {
    double most = 0.0;
    for (const double component : a) most = std::max(most, std::abs(component));
    return most;
}

bool same_activation(const Activation& p, const Activation& q) {
    return p.kind() == q.kind() && p.parameter() == q.parameter();
}

// Homogeneous activations: the length of w goes into the output weights.
std::vector<Neuron> representatives(const Network& network, const NeuronMetric& metric) {
    std::vector<Neuron> neurons;
    for (Size i = 0; i < network.width; ++i) {
        const double* w = network.weights(i);
        Neuron neuron{&network.activation_of(i), {w, w + network.inputs}, {}, metric.length(w)};
        for (Size o = 0; o < network.output_count; ++o) neuron.a.push_back(network.output(i, o));
        const int degree = neuron.activation->traits().homogeneity;
        if (degree > 0 && neuron.length > 0.0) {
            for (double& component : neuron.w) component /= neuron.length;
            for (double& a : neuron.a) a *= std::pow(neuron.length, degree);
            neuron.length = 1.0;
        } else if (degree > 0) {
            std::fill(neuron.a.begin(), neuron.a.end(), 0.0);
        }
        neurons.push_back(std::move(neuron));
    }
    return neurons;
}

// Reflections that output biases and skip connections may take up: sigma(-z) = c - sigma(z) and sigma(-z) =
// sigma(z) - c z.
struct Reflections {
    bool about_constant = true, about_line = true;

    explicit Reflections(const Activation& activation) {
        constexpr double kClose = 1e-12;
        const double z[] = {0.0, 0.7, -0.7, 1.9, -1.9};
        double u[5];
        activation.evaluate(5, z, {.value = u});
        for (int p = 1; p < 5; p += 2) {
            about_constant = about_constant && std::abs(u[p] + u[p + 1] - 2.0 * u[0]) <= kClose;
            const double slope = (u[1] - u[2]) / z[1];
            about_line = about_line && std::abs(u[p] - u[p + 1] - slope * z[p]) <= kClose;
        }
    }
};

class Comparison {
  public:
    Comparison(const Layout& layout, const NeuronMetric& metric, double weight_scale, double tolerance)
        : layout_(layout), metric_(metric), weight_scale_(weight_scale), tolerance_(tolerance) {}

    bool equal(const Neuron& p, const Neuron& q) const {
        if (!same_activation(*p.activation, *q.activation)) return false;
        if (equal(p, q, 1.0, 1.0)) return true;
        const ActivationTraits& traits = p.activation->traits();
        if (traits.parity == Parity::odd) return equal(p, q, -1.0, -1.0);
        if (traits.parity == Parity::even) return equal(p, q, -1.0, 1.0);
        if (!metric_.same_outputs || p.activation->kind() == ActivationKind::custom) return false;
        const Reflections reflections(*p.activation);
        return (layout_.output_bias && reflections.about_constant && equal(p, q, -1.0, -1.0)) ||
               (layout_.skip && reflections.about_line && equal(p, q, -1.0, 1.0));
    }

  private:
    bool equal(const Neuron& p, const Neuron& q, double weight_sign, double output_sign) const {
        std::vector<double> difference(p.w.size());
        for (std::size_t j = 0; j < difference.size(); ++j) difference[j] = p.w[j] - weight_sign * q.w[j];
        if (metric_.constant_input >= 0 && p.activation->kind() == ActivationKind::sin) {
            double& offset = difference[metric_.constant_input];
            const double turns = std::round(offset * metric_.constant_value / std::numbers::pi);
            offset -= turns * std::numbers::pi / metric_.constant_value;
            if (std::fmod(turns, 2.0) != 0.0) output_sign = -output_sign;
        }
        // Long weight vectors are compared relative to their length, short ones to that of the network's
        // typical one.
        const double scale = std::max({p.length, q.length, 0.1 * weight_scale_});
        for (std::size_t o = 0; o < p.a.size(); ++o) {
            if (!(std::abs(p.a[o] - output_sign * q.a[o]) <= tolerance_ * metric_.output_scale)) return false;
        }
        return metric_.length(difference.data()) <= tolerance_ * scale;
    }

    const Layout& layout_;
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

bool same_layout(const Layout& a, const Layout& b) {
    return a.width == b.width && a.inputs == b.inputs && a.output_count == b.output_count &&
           a.output_bias == b.output_bias && a.skip == b.skip;
}

// Output biases and skip connections of one output.
struct Rest {
    double bias = 0.0;
    std::vector<double> c;
};
Rest rest_of(const Network& network, Size o) {
    Rest rest;
    if (network.output_bias) rest.bias = network.parameters[network.coefficient(network.width, o)];
    if (!network.skip) return rest;
    const double* c = network.parameters.data() + network.coefficient(network.features() - network.inputs, o);
    rest.c.assign(c, c + network.inputs);
    return rest;
}

bool same_rest(const Network& a, const Network& b, const NeuronMetric& metric, double tolerance) {
    for (Size o = 0; o < a.output_count; ++o) {
        const Rest left = rest_of(a, o), right = rest_of(b, o);
        std::vector<double> difference = left.c;
        for (std::size_t j = 0; j < difference.size(); ++j) difference[j] -= right.c[j];
        double scale = std::max({metric.output_scale, std::abs(left.bias), std::abs(right.bias)});
        if (a.skip) scale = std::max({scale, metric.length(left.c.data()), metric.length(right.c.data())});
        if (!(std::abs(left.bias - right.bias) <= tolerance * scale)) return false;
        if (a.skip && !(metric.length(difference.data()) <= tolerance * scale)) return false;
    }
    return true;
}

}  // namespace

bool match_neurons(const Network& a, const Network& b, const NeuronMetric& metric, double tolerance) {
    if (!same_layout(a, b)) return false;
    const std::vector<Neuron> left = representatives(a, metric), right = representatives(b, metric);
    NeuronMetric scaled = metric;
    for (const auto* side : {&left, &right}) {
        for (const Neuron& neuron : *side)
            scaled.output_scale = std::max(scaled.output_scale, largest(neuron.a));
    }
    if (!metric.same_outputs && !same_rest(a, b, scaled, tolerance)) return false;
    const double weight_scale = std::max(largest_length(left), largest_length(right));
    const Comparison comparison(a, scaled, weight_scale, tolerance);
    std::vector<std::vector<std::size_t>> allowed(left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        for (std::size_t j = 0; j < right.size(); ++j) {
            if (comparison.equal(left[i], right[j])) allowed[i].push_back(j);
        }
    }
    return Matching(std::move(allowed)).perfect();
}

bool same_up_to_symmetry(const Network& a, const Network& b, double tolerance) {
    if (!same_layout(a, b) || !same_activation(a.activation, b.activation)) return false;
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
