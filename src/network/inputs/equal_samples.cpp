#include "network/inputs/equal_samples.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/compensated.hpp"
#include "network/inputs/equal_inputs.hpp"

namespace tepui {
namespace {

std::uint64_t hash_of(const double* x, Size count) {
    std::uint64_t hash = 0x9e3779b97f4a7c15;
    for (Size j = 0; j < count; ++j) {
        hash = (hash ^ std::bit_cast<std::uint64_t>(x[j] + 0.0)) * 0xbf58476d1ce4e5b9;  // -0 as 0
        hash ^= hash >> 29;
    }
    return hash;
}

// Of every sample with weight the first one with equal inputs; of the others -1.
std::vector<Size> first_equals(const Dataset& data) {
    const Size d = data.inputs();
    std::vector<double> x(d), other(d);
    std::unordered_multimap<std::uint64_t, Size> seen;
    seen.reserve(static_cast<std::size_t>(data.samples()));
    std::vector<Size> firsts(data.samples(), -1);
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.given_weight(k) == 0.0) continue;
        data.sample(k, x.data());
        const std::uint64_t hash = hash_of(x.data(), d);
        Size& first = firsts[k];
        const auto [begin, end] = seen.equal_range(hash);
        for (auto place = begin; place != end && first < 0; ++place) {
            data.sample(place->second, other.data());
            if (x == other) first = place->second;
        }
        if (first >= 0) continue;
        first = k;
        seen.emplace(hash, k);
    }
    return firsts;
}

// Merged samples would be others' of the ranks.
void require_different(const Dataset& data) {
    if (!equal_inputs(data, {.parity = Parity::none, .value_at_zero = 1.0}).any()) return;
    throw Error(Status::unsupported,
                "samples are shared out over ranks and some have equal inputs, which a search merges: a data "
                "set of their means is expected, or one that every rank has (TEPUI_OPTION_GATHERED_VALUES)");
}

struct Group {
    Size first;
    CompensatedSum weight;
    std::vector<CompensatedSum> targets;
    std::vector<double> least, most;  // of each target: where all agree, their mean is that exactly
};

}  // namespace

std::optional<Dataset> merge_equal_samples(const Dataset& data) {
    if (data.streamed() || !data.loss().targets_average()) return std::nullopt;
    if (data.share() != nullptr) {
        require_different(data);
        return std::nullopt;
    }
    const std::vector<Size> firsts = first_equals(data);
    bool merged = false;
    for (Size k = 0; k < data.samples(); ++k) merged = merged || (firsts[k] >= 0 && firsts[k] != k);
    if (!merged) return std::nullopt;
    std::vector<Group> groups;
    std::vector<std::size_t> place(firsts.size());
    for (Size k = 0; k < data.samples(); ++k) {
        const Size first = firsts[k];
        if (first < 0) continue;
        if (first == k) {
            place[k] = groups.size();
            const double* first_targets = data.targets() + k * data.outputs();
            const std::vector<double> own(first_targets, first_targets + data.outputs());
            groups.push_back({k, {}, std::vector<CompensatedSum>(data.outputs()), own, own});
        }
        groups[place[first]].weight.add(data.given_weight(k));
    }
    // Shares of the group's weight, so that nothing overflows that did not before.
    for (Size k = 0; k < data.samples(); ++k) {
        if (firsts[k] < 0) continue;
        Group& group = groups[place[firsts[k]]];
        for (Size o = 0; o < data.outputs(); ++o) {
            const double target = data.target(k, o);
            group.targets[o].add(data.given_weight(k) / group.weight.value() * target);
            group.least[o] = std::min(group.least[o], target);
            group.most[o] = std::max(group.most[o], target);
        }
    }
    const auto count = static_cast<Size>(groups.size());
    const Size d = data.inputs(), features = data.features(), outputs = data.outputs();
    Buffer<double> x(checked_product(count, features)), targets(checked_product(count, outputs));
    Buffer<double> weights(count);
    std::vector<double> row(d);
    for (Size g = 0; g < count; ++g) {
        const Group& group = groups[g];
        data.sample(group.first, row.data());
        std::copy_n(row.data(), features, x.data() + g * features);
        weights[g] = group.weight.value();
        for (Size o = 0; o < outputs; ++o)
            targets[g * outputs + o] = std::clamp(group.targets[o].value(), group.least[o], group.most[o]);
    }
    Dataset result({.samples = count,
                    .features = features,
                    .x = x.data(),
                    .ldx = features,
                    .targets = targets.data(),
                    .weights = weights.data(),
                    .outputs = outputs,
                    .loss = &data.loss()},
                   true, data.bias(), data.scaling());
    result.set_decay(data.decay());
    return result;
}

}  // namespace tepui
