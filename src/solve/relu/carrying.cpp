#include "solve/relu/carrying.hpp"

#include <algorithm>
#include <cmath>

#include "network/model/beside_neurons.hpp"

namespace tepui {

double output_length(const Network& network, Size i) {
    double length = std::abs(network.output(i));
    for (Size o = 1; o < network.output_count; ++o) length = std::hypot(length, network.output(i, o));
    return length;
}

bool carries(const InputMetric& metric, const Network& network, Size i) {
    return output_length(network, i) > 0.0 && metric.preactivation_rms(network.weights(i)) > 0.0;
}

void copy_neuron(const Network& from, Size neuron, Network& to, Size place) {
    std::copy_n(from.weights(neuron), from.inputs, to.weights(place));
    for (Size o = 0; o < from.output_count; ++o) to.output(place, o) = from.output(neuron, o);
}

Network selected(const Network& network, const std::vector<Size>& neurons) {
    Network result = with_neurons(network, static_cast<Size>(neurons.size()));
    for (Size i = 0; i < result.width; ++i) copy_neuron(network, neurons[i], result, i);
    return result;
}

void switch_off(const SolveSetting& setting, Network& network, Size neuron) {
    clear_neuron(network, neuron);
    const Decay& decay = setting.data->decay();
    const bool free = decay.bias_input && decay.hidden_biases == 0.0;
    if (free) network.weights(neuron)[network.inputs - 1] = -1.0;
}

void balance(const InputMetric& metric, Network& network) {
    for (Size i = 0; i < network.width; ++i) {
        const double w = metric.preactivation_rms(network.weights(i)), a = output_length(network, i);
        if (w == 0.0 || a == 0.0) continue;
        const int shift = static_cast<int>(std::lround(0.5 * (std::log2(a) - std::log2(w))));
        for (Size j = 0; j < network.inputs; ++j)
            network.weights(i)[j] = std::ldexp(network.weights(i)[j], shift);
        for (Size o = 0; o < network.output_count; ++o)
            network.output(i, o) = std::ldexp(network.output(i, o), -shift);
    }
}

void share_nothing(Network& network) {
    for (Size q = 0; q < network.features(); ++q) {
        double mean = 0.0;
        for (Size o = 0; o < network.output_count; ++o) mean += network.parameters[network.coefficient(q, o)];
        mean /= static_cast<double>(network.output_count);
        for (Size o = 0; o < network.output_count; ++o) network.parameters[network.coefficient(q, o)] -= mean;
    }
}

void make_outputs_powers(Network& network) {
    for (Size i = 0; i < network.width; ++i) {
        const double a = network.output(i);
        const double power = std::ldexp(1.0, std::ilogb(a));
        for (Size j = 0; j < network.inputs; ++j) network.weights(i)[j] *= std::abs(a) / power;
        network.output(i) = std::copysign(power, a);
    }
}

}  // namespace tepui
