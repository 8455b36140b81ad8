// Neurons that are daughters of one (MATH.md section 15): equal weights up to mirror images, output vectors
// that are multiples of their sum.
#include <algorithm>
#include <cmath>

#include "classification/model/model.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/mirror.hpp"

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
int same(const Network& network, Size i, Size l, double tolerance) {
    const Activation &one = network.activation_of(i), &other = network.activation_of(l);
    if (one.kind() != other.kind() || one.parameter() != other.parameter() ||
        one.kind() == ActivationKind::custom)
        if (!network.unit_activations.empty()) return 0;
    if (near(network.weights(i), network.weights(l), 1.0, network.inputs, tolerance)) return 1;
    if (!mirror_of(one, network)) return 0;
    return near(network.weights(i), network.weights(l), -1.0, network.inputs, tolerance) ? -1 : 0;
}

// Shares of output vectors, all turned as the first neuron is, when each is a multiple of their sum; else
// nothing.
std::vector<double> shares(const Network& network, const std::vector<Size>& members,
                           const std::vector<int>& signs, std::vector<double>& sum, double tolerance) {
    const Size outputs = network.output_count;
    sum.assign(static_cast<std::size_t>(outputs), 0.0);
    const double mirrored =
        mirror_of(network.activation_of(members.front()), network).value_or(Mirror{}).output;
    const auto turned = [&](std::size_t j, Size o) {
        return (signs[j] < 0 ? mirrored : 1.0) * network.output(members[j], o);
    };
    double terms = 0.0, square = 0.0;
    for (std::size_t j = 0; j < members.size(); ++j) {
        for (Size o = 0; o < outputs; ++o) {
            sum[o] += turned(j, o);
            terms = std::max(terms, std::abs(turned(j, o)));
        }
    }
    for (const double value : sum) square += value * value;
    if (!(std::sqrt(square) > tolerance * terms)) return {};
    std::vector<double> gamma;
    for (std::size_t j = 0; j < members.size(); ++j) {
        double along = 0.0;
        for (Size o = 0; o < outputs; ++o) along += turned(j, o) * sum[o] / square;
        for (Size o = 0; o < outputs; ++o) {
            const double rest = turned(j, o) - along * sum[o];
            if (std::abs(rest) > tolerance * terms) return {};
        }
        gamma.push_back(along);
    }
    return gamma;
}

}  // namespace

MergedDaughters merge_daughters(const Network& network, double tolerance) {
    const Size outputs = network.output_count;
    std::vector<DaughterGroup> groups;
    std::vector<std::vector<double>> sums;
    std::vector<bool> taken(static_cast<std::size_t>(network.width), false);
    for (Size i = 0; i < network.width; ++i) {
        if (taken[i]) continue;
        const DaughterGroup alone{{i}, {1.0}, {1}};
        DaughterGroup group = alone;
        std::vector<double> sum;
        for (Size l = i + 1; l < network.width; ++l) {
            const int sign = taken[l] ? 0 : same(network, i, l, tolerance);
            if (sign == 0) continue;
            group.members.push_back(l);
            group.signs.push_back(sign);
        }
        if (group.members.size() > 1)
            group.gamma = shares(network, group.members, group.signs, sum, tolerance);
        if (group.gamma.empty()) group = alone;
        if (group.members.size() == 1) {
            sum.clear();
            for (Size o = 0; o < outputs; ++o) sum.push_back(network.output(i, o));
        }
        for (const Size member : group.members) taken[member] = true;
        sums.push_back(std::move(sum));
        groups.push_back(std::move(group));
    }
    Network aligned = network;
    turn_mirrored(groups, aligned);
    Network narrow = with_neurons(aligned, static_cast<Size>(groups.size()));
    for (Size i = 0; i < narrow.width; ++i) {
        const Size first = groups[i].members.front();
        if (!network.unit_activations.empty())
            narrow.unit_activations.push_back(network.unit_activations[first]);
        std::copy_n(network.weights(first), network.inputs, narrow.weights(i));
        for (Size o = 0; o < outputs; ++o) narrow.output(i, o) = sums[i][o];
    }
    return {std::move(narrow), std::move(groups)};
}

void turn_mirrored(const std::vector<DaughterGroup>& groups, Network& network) {
    for (const DaughterGroup& group : groups)
        for (std::size_t j = 0; j < group.members.size(); ++j)
            if (group.signs[j] < 0) turn_over(group.members[j], network);
}

}  // namespace tepui
