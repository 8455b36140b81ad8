#include "classification/any_network/grouping.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "network/model/beside_neurons.hpp"
#include "network/model/mirror.hpp"
#include "splitting/split.hpp"

namespace tepui {
namespace {

struct Sum {
    double value = 0.0, absolute = 0.0;
};

Sum sum_of(const std::vector<double>& outputs) {
    Sum sum;
    for (const double a : outputs) {
        sum.value += a;
        sum.absolute += std::abs(a);
    }
    return sum;
}

NeuronGroup null_group(Size neuron, const double* weights, Size inputs) {
    return {GroupKind::null, -1, {neuron}, {1}, {0.0}, {}, {weights, weights + inputs}};
}

// Idle neurons: together one neuron with zero weights.
void add_idle(const Embedding& embedding, double tolerance, Grouping& grouping,
              std::vector<NeuronGroup>& others) {
    const Size d = embedding.inputs;
    const std::vector<double> zero(d, 0.0);
    NeuronGroup idle{GroupKind::cancelled, -1, {}, {}, {}, {}, zero};
    for (Size i = 0; i < embedding.wide_width(); ++i) {
        if (embedding.places[i].role != NeuronRole::idle) continue;
        idle.members.push_back(i);
        idle.signs.push_back(1);
        idle.outputs.push_back(embedding.places[i].output);
    }
    if (idle.members.empty()) return;
    const Sum sum = sum_of(idle.outputs);
    if (sum.absolute == 0.0) {
        for (const Size i : idle.members) others.push_back(null_group(i, zero.data(), d));
    } else if (std::abs(sum.value) <= tolerance * sum.absolute) {
        others.push_back(std::move(idle));
    } else {
        Network wider = with_neurons(grouping.narrow, grouping.narrow.width + 1);
        for (Size i = 0; i < grouping.narrow.width; ++i) {
            std::copy_n(grouping.narrow.weights(i), d, wider.weights(i));
            wider.output(i) = grouping.narrow.output(i);
        }
        wider.output(wider.width - 1) = sum.value;
        idle.kind = GroupKind::parent;
        idle.parent = wider.width - 1;
        idle.weights.clear();
        for (const double a : idle.outputs) idle.gamma.push_back(a / sum.value + 0.0);
        grouping.groups.push_back(std::move(idle));
        grouping.narrow = std::move(wider);
    }
}

}  // namespace

Grouping group_neurons(const Reduction& reduction, double tolerance) {
    const Embedding& embedding = reduction.embedding;
    Grouping grouping{reduction.narrow, {}, embedding.wide_width()};
    for (const std::vector<Size>& daughters : members(embedding, NeuronRole::daughter)) {
        NeuronGroup group;
        group.parent = static_cast<Size>(grouping.groups.size());
        group.members = daughters;
        for (const Size i : daughters) {
            const NeuronPlace& place = embedding.places[i];
            group.signs.push_back(place.sign);
            group.gamma.push_back(place.gamma);
            group.outputs.push_back(place.gamma * reduction.narrow.output(group.parent));
        }
        grouping.groups.push_back(std::move(group));
    }
    std::vector<NeuronGroup> others;
    for (const std::vector<Size>& cancelled : members(embedding, NeuronRole::cancelled)) {
        NeuronGroup group;
        group.kind = GroupKind::cancelled;
        group.members = cancelled;
        for (const Size i : cancelled) {
            group.signs.push_back(embedding.places[i].sign);
            group.outputs.push_back(embedding.places[i].output);
        }
        const double* row = embedding.weights(cancelled.front());
        for (Size j = 0; j < embedding.inputs; ++j) group.weights.push_back(group.signs.front() * row[j]);
        others.push_back(std::move(group));
    }
    for (Size i = 0; i < embedding.wide_width(); ++i) {
        if (embedding.places[i].role == NeuronRole::null)
            others.push_back(null_group(i, embedding.weights(i), embedding.inputs));
    }
    add_idle(embedding, tolerance, grouping, others);
    std::move(others.begin(), others.end(), std::back_inserter(grouping.groups));
    return grouping;
}

Grouping group_splits(const Network& network, std::span<const NeuronSplit> splits) {
    std::vector<const NeuronSplit*> of(network.width, nullptr);
    for (const NeuronSplit& split : splits) {
        const std::string name = "neuron " + std::to_string(split.neuron);
        if (split.neuron < 0 || split.neuron >= network.width) {
            throw Error(Status::invalid_size,
                        name + " is to be split, expected 0 <= neuron < " + std::to_string(network.width));
        }
        if (of[split.neuron] != nullptr) {
            throw Error(Status::invalid_value, name + " is to be split twice, once is expected");
        }
        check_gamma(split.gamma);
        of[split.neuron] = &split;
    }
    Grouping grouping{network, {}, 0};
    for (Size i = 0; i < network.width; ++i) {
        NeuronGroup group;
        group.parent = i;
        group.gamma = of[i] != nullptr ? of[i]->gamma : std::vector<double>{1.0};
        for (const double share : group.gamma) {
            group.members.push_back(grouping.wide_width++);
            group.signs.push_back(1);
            group.outputs.push_back(share * network.output(i));
        }
        grouping.groups.push_back(std::move(group));
    }
    return grouping;
}

Network wide_network(const Grouping& grouping) {
    const Network& narrow = grouping.narrow;
    Network wide = with_neurons(narrow, grouping.wide_width);
    for (const NeuronGroup& group : grouping.groups) {
        const double* weights = group.parent >= 0 ? narrow.weights(group.parent) : group.weights.data();
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const Size i = group.members[q];
            std::copy_n(weights, wide.inputs, wide.weights(i));
            wide.output(i) = group.outputs[q];
            if (group.signs[q] < 0) turn_over(i, wide);
        }
    }
    return wide;
}

}  // namespace tepui
