#include "solve/ends/asymptotes.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "linalg/singular.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/constant_feature.hpp"
#include "solve/preactivations.hpp"

namespace tepui {
namespace {

std::vector<Activation> activations_of(const Network& network) {
    std::vector<Activation> result;
    for (Size i = 0; i < network.width; ++i) result.push_back(network.activation_of(i));
    return result;
}

bool is_far(const Dataset& data, const double* w, const FarOut& far) {
    double least = HUGE_VAL, sum = 0.0, weights = 0.0;
    for_preactivations(data, w, [&](double weight, double z) {
        least = std::min(least, z);
        sum += weight * z;
        weights += weight;
    });
    return least >= far.least && sum >= far.mean * weights;
}

// What the neuron gives for its bias goes to the outputs' own constant.
void take_bias(Network& network, Size neuron, double offset) {
    double& bias = network.weights(neuron)[network.inputs - 1];
    add_to_constant(network, neuron, bias + offset, true);
    bias = 0.0;
}

}  // namespace

bool biases_run_free(const Dataset& data, const Network& network) {
    const Decay& decay = data.decay();
    return decay.bias_input && decay.hidden_biases == 0.0 && constant_feature(network, true) >= 0 &&
           decay.output_biases == 0.0;
}

std::vector<Size> far_to_the_right(const Dataset& data, const Network& network, const FarOut& far) {
    std::vector<Size> found;
    for (Size i = 0; i < network.width; ++i)
        if (asymptote_of(network.activation_of(i)).above != 0 && is_far(data, network.weights(i), far))
            found.push_back(i);
    return found;
}

Network with_identities(const Network& network, const std::vector<Size>& neurons) {
    Network result = network;
    result.unit_activations = activations_of(network);
    for (const Size i : neurons) {
        take_bias(result, i, asymptote_of(network.activation_of(i)).offset);
        result.unit_activations[static_cast<std::size_t>(i)] = Activation(ActivationKind::identity);
    }
    return result;
}

void turn_to_fewest(const Decay& decay, const std::vector<Size>& neurons, Network& network) {
    constexpr double kNothing = 1e-9;  // of the largest singular value
    if (!(decay.weights > 0.0 && decay.outputs > 0.0) || neurons.empty()) return;
    const Size outputs = network.output_count, features = network.inputs - 1;
    Matrix map(outputs, features);
    for (const Size i : neurons) {
        take_bias(network, i, 0.0);
        for (Size o = 0; o < outputs; ++o)
            for (Size j = 0; j < features; ++j) map(o, j) += network.output(i, o) * network.weights(i)[j];
    }
    const Network before = network;
    const linalg::RightSingular singular = linalg::right_singular(map);
    const double ratio = std::pow(decay.outputs / decay.weights, 0.25);
    for (std::size_t l = 0; l < neurons.size(); ++l) {
        const Size i = neurons[l];
        clear_neuron(network, i);
        if (Size(l) >= std::min(outputs, features)) continue;
        const double value = singular.values[Size(l)], *v = singular.vectors.row(Size(l));
        if (!(value > kNothing * singular.values[0])) continue;
        // Of the two signs that of the neuron that it is most of: they are different ends.
        double most = 0.0;
        for (const Size old : neurons) {
            double along = 0.0;
            for (Size j = 0; j < features; ++j) along += before.weights(old)[j] * v[j];
            if (std::abs(along) > std::abs(most)) most = along;
        }
        const double size = std::copysign(std::sqrt(value), most);
        for (Size j = 0; j < features; ++j) network.weights(i)[j] = ratio * size * v[j];
        for (Size o = 0; o < outputs; ++o)
            for (Size j = 0; j < features; ++j) network.output(i, o) += map(o, j) * v[j] / (ratio * size);
    }
}

std::vector<Size> settle_identities(const Network& like, const std::vector<Size>& neurons, Network& network) {
    std::vector<Size> left;
    for (const Size i : neurons) {
        const double* const w = network.weights(i);
        if (std::any_of(w, w + network.inputs - 1, [](double v) { return v != 0.0; })) {
            take_bias(network, i, 0.0);
            left.push_back(i);
            continue;
        }
        network.unit_activations[static_cast<std::size_t>(i)] = like.activation_of(i);
    }
    return left;
}

BoundaryNetwork as_asymptotes(const Network& like, const std::vector<Size>& neurons, const Network& network) {
    BoundaryNetwork limit = as_limit(network, 1.0);
    for (const Size i : neurons) {
        BoundaryUnit& unit = limit.units[static_cast<std::size_t>(i)];
        unit.activation = like.activation_of(i);
        unit.kind = UnitKind::asymptote;
    }
    return limit;
}

}  // namespace tepui
