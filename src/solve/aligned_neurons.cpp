#include "solve/aligned_neurons.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/slopes.hpp"

namespace tepui {
namespace {

constexpr double kAligned = 0.99;  // the cosine of the angle between two of a group

// A neuron's weights in the metric and its output weights, as directions.
struct Direction {
    std::vector<double> w, a;
    double w_length, a_length;

    Direction(const InputMetric& metric, const Network& network, Size i)
        : w(static_cast<std::size_t>(network.inputs)),
          a(outputs_of(network, i), outputs_of(network, i) + network.output_count) {
        metric.unit(network.weights(i), w.data());
        w_length = norm_of(w);
        a_length = norm_of(a);
    }
    double size() const { return w_length * a_length; }

  private:
    static const double* outputs_of(const Network& network, Size i) {
        return network.parameters.data() + network.coefficient(i, 0);
    }
};

// Of opposite weights -1, not aligned 0.
double alignment(const Direction& one, const Direction& other, bool even) {
    if (!(dot(one.a, other.a) >= kAligned * one.a_length * other.a_length)) return 0.0;
    const double product = dot(one.w, other.w), least = kAligned * one.w_length * other.w_length;
    return product >= least ? 1.0 : even && product <= -least ? -1.0 : 0.0;
}

}  // namespace

AlignedNeurons gather_aligned(const InputMetric& metric, const Network& network) {
    AlignedNeurons result{network, {}};
    const bool even = slopes_of(network.activation).mean() == 0.0;
    std::vector<Direction> directions;
    std::vector<Size> left;
    for (Size i = 0; i < network.width; ++i) {
        directions.emplace_back(metric, network, i);
        if (directions.back().size() > 0.0) left.push_back(i);
    }
    std::stable_sort(left.begin(), left.end(),
                     [&](Size p, Size q) { return directions[p].size() > directions[q].size(); });
    while (!left.empty()) {
        const Size first = left.front();
        std::vector<AlignedNeurons::Member> group;
        std::vector<Size> others;
        double whole = 0.0;
        for (const Size i : left) {
            const double sign = alignment(directions[first], directions[i], even);
            if (sign == 0.0) {
                others.push_back(i);
                continue;
            }
            group.push_back({i, directions[i].size(), sign});
            whole += directions[i].size();
        }
        left = std::move(others);
        if (group.size() < 2) continue;
        for (AlignedNeurons::Member& member : group) {
            const Size i = member.neuron;
            member.share /= whole;
            if (i == first) continue;
            const double relative = directions[i].w_length / directions[first].w_length;
            for (Size o = 0; o < network.output_count; ++o)
                result.network.output(first, o) += relative * network.output(i, o);
            clear_neuron(result.network, i);
        }
        result.groups.push_back(std::move(group));
    }
    return result;
}

void spread_aligned(const AlignedNeurons& aligned, Network& network) {
    const Network gathered = network;
    for (const std::vector<AlignedNeurons::Member>& group : aligned.groups) {
        const Size first = group.front().neuron;
        for (const AlignedNeurons::Member& member : group) {
            const double root = std::sqrt(member.share);
            for (Size j = 0; j < network.inputs; ++j)
                network.weights(member.neuron)[j] = member.sign * root * gathered.weights(first)[j];
            for (Size o = 0; o < network.output_count; ++o)
                network.output(member.neuron, o) = root * gathered.output(first, o);
        }
    }
}

}  // namespace tepui
