#include "solve/distinct_points.hpp"

#include <algorithm>
#include <cmath>

#include "solve/symmetry.hpp"

namespace tepui {
namespace {

// Losses and parameters that agree this well belong to one point: a degenerate point is known to 1e-4 only
// when its gradient has vanished to 1e-12.
constexpr double kSameLoss = 1e-8;
constexpr double kSamePoint = 1e-3;
// Root mean square difference of outputs, over that of the targets.
constexpr double kSameOutputs = 1e-4;

NeuronMetric neuron_metric(const InputMetric& metric, const Activation& activation) {
    NeuronMetric result;
    result.length = [&metric](const double* w) { return metric.preactivation_rms(w); };
    result.output_scale = 0.0;
    if (activation.kind() == ActivationKind::sin && metric.constant_input >= 0) {
        result.constant_input = metric.constant_input;
        result.constant_value = metric.mean[metric.constant_input];
    }
    return result;
}

// Neurons that no sample switches on are all alike, whatever their weights.
Network without_dead_neurons(const Dataset& data, const Network& network) {
    Network result = network;
    if (network.activation.traits().smoothness != Smoothness::piecewise_linear) return result;
    std::vector<double> x(network.inputs);
    std::vector<bool> dead(network.width, true);
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        for (Size i = 0; i < network.width; ++i) {
            double z = 0.0, u = 0.0;
            for (Size j = 0; j < network.inputs; ++j) z += network.weights(i)[j] * x[j];
            network.activation.evaluate(1, &z, {.value = &u});
            if (data.weight(k) * u != 0.0) dead[i] = false;
        }
    }
    for (Size i = 0; i < network.width; ++i) {
        if (!dead[i]) continue;
        std::fill_n(result.weights(i), result.inputs, 0.0);
        result.output(i) = 0.0;
    }
    return result;
}

struct Candidate {
    Network alive;          // without dead neurons
    std::vector<double> f;  // outputs on the data
    bool vanishes = false;  // the loss, apart from what no function of the inputs lowers
};

Candidate candidate(const SearchSpace& space, const SolveOptions& options, const Network& network) {
    const Dataset& data = space.data();
    Candidate result{without_dead_neurons(data, network), std::vector<double>(data.samples()), false};
    const Execution alone;
    outputs(data, network, result.f.data(), nullptr, alone);
    const LossValue value = loss(data, network, alone);
    result.vanishes = value.loss <= options.tolerances.zero_loss_factor * value.rounding_loss;
    return result;
}

bool same_outputs(const Dataset& data, const Candidate& p, const Candidate& q, double unit) {
    double square = 0.0;
    for (std::size_t k = 0; k < p.f.size(); ++k)
        square += data.weight(static_cast<Size>(k)) * (p.f[k] - q.f[k]) * (p.f[k] - q.f[k]);
    return square <= kSameOutputs * kSameOutputs * unit;
}

}  // namespace

std::vector<DistinctPoint> distinct_points(const SearchSpace& space, const SolveOptions& options,
                                           const std::vector<Network>& inside,
                                           std::vector<StartReport>& starts) {
    const InputMetric& metric = space.metric();
    const double unit = metric.weight_sum * metric.target_rms * metric.target_rms;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        if (starts[i].outcome == StartOutcome::converged) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return starts[i].loss < starts[j].loss; });
    std::vector<DistinctPoint> points;
    std::vector<Candidate> candidates;  // of the points
    for (const std::size_t i : order) {
        StartReport& start = starts[i];
        Candidate found = candidate(space, options, inside[i]);
        const NeuronMetric distance = neuron_metric(metric, inside[i].activation);
        for (std::size_t p = points.size(); p-- > 0 && start.distinct < 0;) {
            const bool equal_losses = start.loss - points[p].loss <= kSameLoss * start.loss + 1e-20 * unit;
            const bool both_vanish = found.vanishes && candidates[p].vanishes;
            if (!equal_losses && !both_vanish) break;
            const bool equal = both_vanish ||
                               match_neurons(candidates[p].alive, found.alive, distance, kSamePoint) ||
                               (options.target == SolveTarget::minimum &&
                                same_outputs(space.data(), candidates[p], found, unit));
            if (equal) start.distinct = static_cast<Size>(p);
        }
        if (start.distinct < 0) {
            start.distinct = static_cast<Size>(points.size());
            points.push_back({start.point, start.loss, start.gradient_relative, 0});
            candidates.push_back(std::move(found));
        }
        ++points[start.distinct].hits;
    }
    return points;
}

}  // namespace tepui
