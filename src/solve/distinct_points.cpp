#include "solve/distinct_points.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "solve/gauge.hpp"
#include "solve/symmetry.hpp"

namespace tepui {
namespace {

// Losses and parameters that agree this well belong to one point: a degenerate point is known to 1e-4 only
// when its gradient has vanished to 1e-12.
constexpr double kSameLoss = 1e-8;
constexpr double kSamePoint = 1e-3;
// Losses that agree this well differ by rounding: which of the starts has the lowest says nothing.
constexpr double kRoundedLoss = 1e-12;
// Root mean square difference of outputs, over that of the targets.
constexpr double kSameOutputs = 1e-4;

NeuronMetric neuron_metric(const InputMetric& metric) {
    NeuronMetric result;
    result.length = [&metric](const double* w) { return metric.preactivation_rms(w); };
    result.output_scale = 0.0;
    if (metric.constant_input >= 0) {  // for sin
        result.constant_input = metric.constant_input;
        result.constant_value = metric.mean[metric.constant_input];
    }
    return result;
}

// Neurons that no sample switches on are all alike, whatever their weights.
Network without_dead_neurons(const Dataset& data, const Network& network) {
    Network result = network;
    if (!network.activation.piecewise_linear()) return result;
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
    Network alive;          // without dead neurons, at the gauge's representative
    std::vector<double> f;  // outputs on the data, [samples][outputs]
    bool vanishes = false;  // the loss, apart from what no function of the inputs lowers
};

Candidate candidate(const SearchSpace& space, const SolveOptions& options, const Network& network) {
    const Dataset& data = space.data();
    Candidate result{without_dead_neurons(data, network),
                     std::vector<double>(data.samples() * data.outputs()), false};
    const Gauge gauge(data, network);
    Network centred = network;
    for (Network* moved : {&centred, &result.alive}) gauge.centre(space.metric(), *moved);
    const Execution alone;
    outputs(data, centred, result.f.data(), nullptr, alone);
    const LossValue value = loss(data, network, alone);
    result.vanishes = data.loss().zero_is_least() &&
                      value.loss <= options.tolerances.zero_loss_factor * value.rounding_loss;
    return result;
}

// unit: the sum of s |f|^2 of outputs of their natural size.
bool same_outputs(const Dataset& data, const Candidate& p, const Candidate& q, double unit) {
    double square = 0.0;
    const std::size_t outputs = static_cast<std::size_t>(data.outputs());
    for (std::size_t k = 0; k < p.f.size(); ++k) {
        const double weight = data.weight(static_cast<Size>(k / outputs));
        square += weight * (p.f[k] - q.f[k]) * (p.f[k] - q.f[k]);
    }
    return square <= kSameOutputs * kSameOutputs * unit;
}

}  // namespace

std::vector<DistinctPoint> distinct_points(const SearchSpace& space, const SolveOptions& options,
                                           const std::vector<Network>& inside,
                                           std::vector<StartReport>& starts) {
    const InputMetric& metric = space.metric();
    const OutputUnit& output = metric.output;
    const double size = metric.weight_sum * output.size * output.size * static_cast<double>(output.outputs);
    const double unit = size * output.bend;
    const NeuronMetric distance = neuron_metric(metric);
    NeuronMetric reflected = distance;
    reflected.same_outputs = true;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        if (starts[i].outcome == StartOutcome::converged) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
        return std::tie(starts[i].loss, i) < std::tie(starts[j].loss, j);
    });
    std::vector<DistinctPoint> points;
    std::vector<Candidate> candidates;  // of the points
    std::vector<std::size_t> shown;     // the start whose network stands for the point
    for (const std::size_t i : order) {
        StartReport& start = starts[i];
        Candidate found = candidate(space, options, inside[i]);
        for (std::size_t p = points.size(); p-- > 0 && start.distinct < 0;) {
            const double apart = start.loss - points[p].loss;
            const bool equal_losses = apart <= kSameLoss * std::abs(start.loss) + 1e-20 * unit;
            const bool both_vanish = found.vanishes && candidates[p].vanishes;
            if (!equal_losses && !both_vanish) break;
            const bool equal = both_vanish ||
                               match_neurons(candidates[p].alive, found.alive, distance, kSamePoint) ||
                               (same_outputs(space.data(), candidates[p], found, size) &&
                                (options.target == SolveTarget::minimum ||
                                 match_neurons(candidates[p].alive, found.alive, reflected, kSamePoint)));
            if (equal) start.distinct = static_cast<Size>(p);
        }
        if (start.distinct < 0) {
            start.distinct = static_cast<Size>(points.size());
            points.push_back({start.point, start.loss, start.gradient_relative, 0});
            candidates.push_back(std::move(found));
            shown.push_back(i);
        }
        DistinctPoint& point = points[start.distinct];
        ++point.hits;
        if (i < shown[start.distinct] && start.loss - point.loss <= kRoundedLoss * std::abs(start.loss)) {
            shown[start.distinct] = i;
            point.network = start.point;
            point.loss = start.loss;
            point.gradient_relative = start.gradient_relative;
        }
    }
    return points;
}

}  // namespace tepui
