#include "splitting/split.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {

GammaSigns check_gamma(std::span<const double> gamma) {
    if (gamma.size() < 2) {
        throw Error(Status::invalid_size,
                    "gamma has " + std::to_string(gamma.size()) + " values, at least 2 are expected");
    }
    GammaSigns signs;
    CompensatedSum sum;
    double absolute = 0.0;
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        if (!std::isfinite(gamma[j])) {
            throw Error(Status::not_finite, "gamma[" + std::to_string(j) + "] is " + number_text(gamma[j]) +
                                                ", a finite number is expected");
        }
        sum.add(gamma[j]);
        absolute += std::abs(gamma[j]);
        signs.positive += gamma[j] > 0.0 ? 1 : 0;
        signs.negative += gamma[j] < 0.0 ? 1 : 0;
        signs.zero += gamma[j] == 0.0 ? 1 : 0;
    }
    if (!(std::abs(sum.value() - 1.0) <= 1e-12 * absolute)) {
        throw Error(Status::invalid_value, "gamma sums to 1 " + std::string(sum.value() < 1.0 ? "- " : "+ ") +
                                               number_text(std::abs(sum.value() - 1.0)) + ", 1 is expected");
    }
    return signs;
}

Network split_neuron(const Network& network, Size neuron, std::span<const double> gamma) {
    if (neuron < 0 || neuron >= network.width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) + ", an index in [0, " +
                                              std::to_string(network.width) + ") is expected");
    }
    check_gamma(gamma);
    const auto daughters = static_cast<Size>(gamma.size());
    Network wide = with_neurons(network, checked_sum(network.width, daughters - 1));
    for (Size i = 0; i < wide.width; ++i) {
        const bool daughter = i >= neuron && i < neuron + daughters;
        const Size parent = i < neuron ? i : (daughter ? neuron : i - daughters + 1);
        std::copy_n(network.weights(parent), network.inputs, wide.weights(i));
        for (Size o = 0; o < wide.output_count; ++o)
            wide.output(i, o) = (daughter ? gamma[i - neuron] : 1.0) * network.output(parent, o);
        if (!network.unit_activations.empty())
            wide.unit_activations.push_back(network.unit_activations[static_cast<std::size_t>(parent)]);
    }
    return wide;
}

Network split_homogeneous(const Network& network, Size neuron, std::span<const double> gamma) {
    Network wide = split_neuron(network, neuron, gamma);
    const Activation& activation = network.activation_of(neuron);
    if (!activation.piecewise_linear())
        throw Error(Status::unsupported,
                    "network has the activation " + std::string(activation.name()) + " at neuron " +
                        std::to_string(neuron) +
                        ", a ReLU-like one is expected: others do not scale with their weights");
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        if (gamma[j] < 0.0)
            throw Error(Status::invalid_value, "gamma[" + std::to_string(j) + "] is " +
                                                   number_text(gamma[j]) + ", at least 0 is expected");
        const Size daughter = neuron + static_cast<Size>(j);
        for (Size l = 0; l < network.inputs; ++l) wide.weights(daughter)[l] *= std::sqrt(gamma[j]);
        for (Size o = 0; o < network.output_count; ++o)
            wide.output(daughter, o) = std::sqrt(gamma[j]) * network.output(neuron, o);
    }
    return wide;
}

}  // namespace tepui
