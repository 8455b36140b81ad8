#include "solve/relu/carrying.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {}  // namespace

bool carries(const InputMetric& metric, const Network& network, Size i) {
    return network.output(i) != 0.0 && metric.preactivation_rms(network.weights(i)) > 0.0;
}

Network selected(const Network& network, const std::vector<Size>& neurons) {
    Network result(network.activation, static_cast<Size>(neurons.size()), network.inputs);
    for (Size i = 0; i < result.width; ++i) {
        std::copy_n(network.weights(neurons[i]), network.inputs, result.weights(i));
        result.output(i) = network.output(neurons[i]);
    }
    return result;
}

void balance(const InputMetric& metric, Network& network) {
    for (Size i = 0; i < network.width; ++i) {
        const double w = metric.preactivation_rms(network.weights(i)), a = std::abs(network.output(i));
        if (w == 0.0 || a == 0.0) continue;
        const int shift = static_cast<int>(std::lround(0.5 * (std::log2(a) - std::log2(w))));
        for (Size j = 0; j < network.inputs; ++j)
            network.weights(i)[j] = std::ldexp(network.weights(i)[j], shift);
        network.output(i) = std::ldexp(network.output(i), -shift);
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
