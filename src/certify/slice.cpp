#include "certify/slice.hpp"

#include <algorithm>
#include <cmath>

#include "classification/layer/layer.hpp"

namespace tepui::balls {
namespace {

// Inputs that are one number, not zero, in every sample.
std::vector<bool> constant_inputs(const Dataset& data) {
    constexpr Size kBlock = 1024;
    const Size inputs = data.inputs();
    std::vector<bool> constant(static_cast<std::size_t>(inputs), true);
    std::vector<double> first(static_cast<std::size_t>(inputs));
    std::vector<double> x(static_cast<std::size_t>(std::min(kBlock, data.samples()) * inputs));
    for (Size begin = 0; begin < data.samples(); begin += kBlock) {
        const Size count = std::min(kBlock, data.samples() - begin);
        data.rows(begin, count, x.data());
        if (begin == 0) std::copy_n(x.begin(), inputs, first.begin());
        for (Size e = 0; e < count * inputs; ++e)
            if (x[e] != first[e % inputs] || x[e] == 0.0) constant[e % inputs] = false;
    }
    return constant;
}

std::vector<bool> decaying(const Dataset& data, const Network& network) {
    std::vector<bool> result(static_cast<std::size_t>(network.parameter_count()), false);
    data.decay().each(network, [&](Size p, double lambda) { result[p] = lambda != 0.0; });
    return result;
}

template <class Vector>
Vector components(const Vector& whole, const std::vector<Size>& places) {
    Vector result;
    for (const Size p : places) result.push_back(whole[p]);
    return result;
}

}  // namespace

Slice::Slice(const Network& network) {
    for (const double parameter : network.parameters) given_.emplace_back(parameter);
    held_inputs_.assign(static_cast<std::size_t>(network.width), -1);
    hold(std::vector<bool>(network.parameters.size(), false));
}

Slice::Slice(const Dataset& data, const Network& network) : Slice(network) {
    const std::vector<bool> decays = decaying(data, network);
    std::vector<bool> held(network.parameters.size(), false);
    const Size outputs = network.output_count, bias = network.width;
    // A block decays in all outputs or in none.
    const auto still = [&](Size q) { return !decays[network.coefficient(q, 0)]; };
    for (Size q = 0; data.loss().shift_invariant() && q < network.features(); ++q)
        if (still(q)) held[network.coefficient(q, outputs - 1)] = shifts_ = true;
    const bool asks = (network.output_bias && network.skip) || asks_for_constant(network);
    const std::vector<bool> constant =
        asks ? constant_inputs(data) : std::vector<bool>(static_cast<std::size_t>(network.inputs), false);
    if (network.output_bias && network.skip && still(bias)) {
        for (Size j = 0; j < network.inputs; ++j)
            exchanges_ = exchanges_ || (constant[j] && still(bias + 1 + j));
        for (Size o = 0; exchanges_ && o < outputs; ++o) held[network.coefficient(bias, o)] = true;
    }
    for (Size i = 0; i < network.width; ++i) {
        const Size input = held_inputs_[static_cast<std::size_t>(i)] = cut(network, i, decays, constant);
        if (input >= 0) held[network.weight(i, input)] = true;
    }
    hold(held);
}

// sigma(cz) = c^p sigma(z): the largest weight. exp: that of a constant input.
Size Slice::cut(const Network& network, Size neuron, const std::vector<bool>& decays,
                const std::vector<bool>& constant) {
    const auto decayed = [&](Size p) { return decays[static_cast<std::size_t>(p)]; };
    if (decayed(network.coefficient(neuron, 0))) return -1;
    const Activation& activation = network.activation_of(neuron);
    const bool is_exp = activation.kind() == ActivationKind::exp;
    const bool homogeneous = activation.traits().homogeneity > 0;
    const double* const w = network.weights(neuron);
    Size found = -1;
    for (Size j = 0; j < network.inputs; ++j) {
        if (homogeneous && decayed(network.weight(neuron, j))) return -1;
        if (homogeneous && w[j] != 0.0 && (found < 0 || std::abs(w[j]) > std::abs(w[found]))) found = j;
        if (is_exp && constant[static_cast<std::size_t>(j)] && !decayed(network.weight(neuron, j))) found = j;
    }
    (is_exp ? moves_exp_ : scales_) |= found >= 0;
    return found;
}

void Slice::hold(const std::vector<bool>& held) {
    free_.clear();
    for (std::size_t p = 0; p < held.size(); ++p) (held[p] ? held_ : free_).push_back(static_cast<Size>(p));
}

BallVector Slice::of(const BallVector& whole) const {
    return components(whole, free_);
}

std::vector<double> Slice::of(const std::vector<double>& whole) const {
    return components(whole, free_);
}

BallMatrix Slice::of(const BallMatrix& whole) const {
    return block(whole, free_);
}

Matrix Slice::of(const Matrix& whole) const {
    return block(whole, free_);
}

BallVector Slice::whole(const BallVector& on_slice) const {
    BallVector result(given_);
    for (std::size_t q = 0; q < free_.size(); ++q) result[free_[q]] = on_slice[q];
    return result;
}

}  // namespace tepui::balls
