#include "solve/ends/neurons.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"

namespace tepui {

Neurons::Neurons(const SampleInputs& inputs, const InputMetric& metric, const Network& network,
                 const std::vector<bool>& idle)
    : inputs_(inputs), metric_(metric), network_(network) {
    for (Size i = 0; i < network.width; ++i) {
        Neuron neuron;
        neuron.w.assign(network.weights(i), network.weights(i) + network.inputs);
        for (Size o = 0; o < network.output_count; ++o) neuron.a.push_back(network.output(i, o));
        neuron.z = inputs_.preactivations(neuron.w.data());
        neuron.least = HUGE_VAL;
        neuron.most = -HUGE_VAL;
        for (std::size_t k = 0; k < neuron.z.size(); ++k) {
            if (!idle.empty() && idle[k]) continue;
            neuron.least = std::min(neuron.least, neuron.z[k]);
            neuron.most = std::max(neuron.most, neuron.z[k]);
        }
        neurons_.push_back(std::move(neuron));
    }
}

double Neurons::turn(Size i, Size j) const {
    if (network_.activation_of(i).traits().parity == Parity::none) return 1.0;
    double product = 0.0;
    for (std::size_t k = 0; k < neurons_[i].z.size(); ++k) product += neurons_[i].z[k] * neurons_[j].z[k];
    return product < 0.0 ? -1.0 : 1.0;
}

double Neurons::turned_output(Size i, Size j, std::size_t o) const {
    const bool odd = network_.activation_of(i).traits().parity == Parity::odd;
    return neurons_[j].a[o] * (odd ? turn(i, j) : 1.0);
}

Neurons::Expansion Neurons::expansion(Size i) const {
    const Neuron& neuron = neurons_[i];
    const double middle = 0.5 * (neuron.least + neuron.most);
    Expansion here{};
    network_.activation_of(i).evaluate(1, &middle,
                                       {.value = &here.value, .first = &here.first, .second = &here.second});
    here.offset = middle - neuron.w.back() * metric_.mean[network_.inputs - 1];
    return here;
}

double Neurons::separation_of_vanishing(Size i, Size j) const {
    if (!network_.output_bias || !has_bias()) return HUGE_VAL;
    for (const Size l : {i, j})
        if (!(neurons_[l].most - neurons_[l].least < 5.0 * kVanishing)) return HUGE_VAL;
    const std::vector<double> u = without_bias(i), v = without_bias(j);
    const double own = metric_.preactivation_rms(u.data()), other = metric_.preactivation_rms(v.data());
    if (!(own > 0.0) || !(other > 0.0)) return HUGE_VAL;
    double product = 0.0;
    for (std::size_t k = 0; k < neurons_[i].z.size(); ++k)
        product += (neurons_[i].z[k] - neurons_[i].z[0]) * (neurons_[j].z[k] - neurons_[j].z[0]);
    const double sign = product < 0.0 ? -1.0 : 1.0;
    std::vector<double> difference(u);
    for (std::size_t l = 0; l < u.size(); ++l) difference[l] = u[l] / own - sign * v[l] / other;
    double sum = 0.0, size = 0.0;
    for (std::size_t o = 0; o < neurons_[i].a.size(); ++o) {
        const double first = neurons_[i].a[o] * expansion(i).first * own;
        const double second = neurons_[j].a[o] * expansion(j).first * sign * other;
        sum += std::abs(first + second);
        size += std::abs(first) + std::abs(second);
    }
    return sum < kCancelling * size ? metric_.preactivation_rms(difference.data()) : HUGE_VAL;
}

std::vector<double> Neurons::without_bias(Size i) const {
    std::vector<double> u = neurons_[i].w;
    u.back() = 0.0;
    return u;
}

double Neurons::separation(Size i, Size j, bool linear) const {
    const double sign = turn(i, j), own = metric_.preactivation_rms(neurons_[i].w.data()),
                 other = metric_.preactivation_rms(neurons_[j].w.data());
    std::vector<double> difference(neurons_[i].w);
    if (!linear) {
        for (std::size_t l = 0; l < difference.size(); ++l) difference[l] -= sign * neurons_[j].w[l];
        return metric_.preactivation_rms(difference.data());
    }
    if (!(own > 0.0) || !(other > 0.0)) return HUGE_VAL;
    for (std::size_t l = 0; l < difference.size(); ++l)
        difference[l] = difference[l] / own - sign * neurons_[j].w[l] / other;
    const double first = neurons_[i].a[0] * own, second = turned_output(i, j, 0) * other;
    return metric_.preactivation_rms(difference.data()) +
           std::abs(first + second) / (std::abs(first) + std::abs(second));
}

Neurons::InTail Neurons::in_tail(Size i) const {
    const ActivationEnds ends = ends_of(network_.activation_of(i));
    const double turned = neurons_[i].least > 0.0 && ends.mirrors ? -1.0 : 1.0;
    InTail result{neurons_[i].w, neurons_[i].a, 0.0};
    if (ends.curved_tail) {
        const double c = -0.5 * (neurons_[i].least + neurons_[i].most);
        const double slope = tail_slope(network_.activation_of(i), c);
        for (double& weight : result.v) weight *= slope;
        result.factor = std::exp(result.v.back() * metric_.mean[network_.inputs - 1] + slope * c);
        for (double& alpha : result.alpha) alpha *= tail(network_.activation_of(i), -1, c) * result.factor;
        result.v.back() = 0.0;
        return result;
    }
    for (double& weight : result.v) weight *= turned * ends.exponential.rate;
    result.factor = std::exp(result.v.back() * metric_.mean[network_.inputs - 1]);
    const double factor = turned * ends.exponential.factor * result.factor;
    result.v.back() = 0.0;
    for (double& alpha : result.alpha) alpha *= factor;
    return result;
}

double Neurons::separation_in_tail(Size i, Size j) const {
    InTail own = in_tail(i);
    const InTail other = in_tail(j);
    double sum = 0.0, size = 0.0;
    for (std::size_t o = 0; o < own.alpha.size(); ++o) {
        sum += std::abs(own.alpha[o] + other.alpha[o]);
        size += std::abs(own.alpha[o]) + std::abs(other.alpha[o]);
    }
    if (!(sum < kCancelling * size)) return HUGE_VAL;
    for (std::size_t l = 0; l < own.v.size(); ++l) own.v[l] -= other.v[l];
    return metric_.preactivation_rms(own.v.data());
}

bool Neurons::cancel(const std::vector<Size>& members) const {
    double sum = 0.0, size = 0.0;
    for (std::size_t o = 0; o < neurons_[members[0]].a.size(); ++o) {
        double of_output = 0.0;
        for (const Size j : members) {
            of_output += turned_output(members[0], j, o);
            size += std::abs(neurons_[j].a[o]);
        }
        sum += std::abs(of_output);
    }
    return sum < kCancelling * size;
}

}  // namespace tepui
