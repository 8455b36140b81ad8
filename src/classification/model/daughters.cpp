// Neurons that are daughters of one (MATH.md section 15): equal weights, output vectors that are multiples of
// their sum.
#include <algorithm>
#include <cmath>

#include "classification/model/model.hpp"

namespace tepui {
namespace {

double largest(const double* v, Size count) {
    double size = 0.0;
    for (Size j = 0; j < count; ++j) size = std::max(size, std::abs(v[j]));
    return size;
}

bool near(const double* v, const double* w, double sign, Size count, double tolerance) {
    const double allowed = tolerance * std::max(largest(v, count), largest(w, count));
    for (Size j = 0; j < count; ++j)
        if (std::abs(v[j] - sign * w[j]) > allowed) return false;
    return true;
}

// The sign with which neuron l does what neuron i does, 0: none.
double same(const Network& network, Size i, Size l, double tolerance) {
    const Activation &one = network.activation_of(i), &other = network.activation_of(l);
    if (one.kind() != other.kind() || one.parameter() != other.parameter() ||
        one.kind() == ActivationKind::custom)
        if (!network.unit_activations.empty()) return 0.0;
    if (near(network.weights(i), network.weights(l), 1.0, network.inputs, tolerance)) return 1.0;
    if (one.traits().parity == Parity::none) return 0.0;
    return near(network.weights(i), network.weights(l), -1.0, network.inputs, tolerance) ? -1.0 : 0.0;
}

// Output vectors with the signs of their neurons, when each is a multiple of their sum; else nothing.
std::vector<double> shares(const Network& network, const std::vector<Size>& members,
                           const std::vector<double>& signs, std::vector<double>& sum, double tolerance) {
    const Size outputs = network.output_count;
    sum.assign(static_cast<std::size_t>(outputs), 0.0);
    double terms = 0.0, square = 0.0;
    for (std::size_t j = 0; j < members.size(); ++j) {
        for (Size o = 0; o < outputs; ++o) {
            sum[o] += signs[j] * network.output(members[j], o);
            terms = std::max(terms, std::abs(network.output(members[j], o)));
        }
    }
    for (const double value : sum) square += value * value;
    if (!(std::sqrt(square) > tolerance * terms)) return {};
    std::vector<double> gamma;
    for (std::size_t j = 0; j < members.size(); ++j) {
        double along = 0.0;
        for (Size o = 0; o < outputs; ++o)
            along += signs[j] * network.output(members[j], o) * sum[o] / square;
        for (Size o = 0; o < outputs; ++o) {
            const double rest = signs[j] * network.output(members[j], o) - along * sum[o];
            if (std::abs(rest) > tolerance * terms) return {};
        }
        gamma.push_back(along);
    }
    return gamma;
}

}  // namespace

Merged merge_daughters(const Network& network, double tolerance) {
    const Size outputs = network.output_count;
    std::vector<DaughterGroup> groups;
    std::vector<std::vector<double>> sums;
    std::vector<bool> taken(static_cast<std::size_t>(network.width), false);
    for (Size i = 0; i < network.width; ++i) {
        if (taken[i]) continue;
        const DaughterGroup alone{{i}, {1.0}, {1.0}, {1.0}};
        DaughterGroup group = alone;
        std::vector<double> sum;
        for (Size l = i + 1; l < network.width; ++l) {
            const double sign = taken[l] ? 0.0 : same(network, i, l, tolerance);
            if (sign == 0.0) continue;
            group.members.push_back(l);
            // An odd activation of -w is minus that of w, an even one the same.
            group.weight_signs.push_back(sign);
            group.output_signs.push_back(network.activation_of(i).traits().parity == Parity::odd ? sign
                                                                                                 : 1.0);
        }
        if (group.members.size() > 1)
            group.gamma = shares(network, group.members, group.output_signs, sum, tolerance);
        if (group.gamma.empty()) group = alone;
        if (group.members.size() == 1) {
            sum.clear();
            for (Size o = 0; o < outputs; ++o) sum.push_back(network.output(i, o));
        }
        for (const Size member : group.members) taken[member] = true;
        sums.push_back(std::move(sum));
        groups.push_back(std::move(group));
    }
    Layout layout = network;
    layout.width = static_cast<Size>(groups.size());
    Network narrow(network.activation, layout);
    for (Size i = 0; i < layout.width; ++i) {
        const Size first = groups[i].members.front();
        if (!network.unit_activations.empty())
            narrow.unit_activations.push_back(network.unit_activations[first]);
        std::copy_n(network.weights(first), network.inputs, narrow.weights(i));
        for (Size o = 0; o < outputs; ++o) narrow.output(i, o) = sums[i][o];
    }
    for (Size q = network.width; q < network.features(); ++q)
        for (Size o = 0; o < outputs; ++o)
            narrow.parameters[narrow.coefficient(q - network.width + layout.width, o)] =
                network.parameters[network.coefficient(q, o)];
    return {std::move(narrow), std::move(groups)};
}

}  // namespace tepui
