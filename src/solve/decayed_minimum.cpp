#include "solve/decayed_minimum.hpp"

#include <algorithm>
#include <cmath>

#include "network/model/beside_neurons.hpp"
#include "network/model/constant_feature.hpp"
#include "solve/preactivations.hpp"

namespace tepui {
namespace {

// Of a loss: what rounding may make of it on the way.
constexpr double kSameLoss = 1e-12;
constexpr double kIdle = 1e-6;
// A bias at which activations with a tail at 0 are switched off, and what is silence.
constexpr double kOff = -40.0, kSilent = 1e-15;

// What the neuron gives on the mean over the samples.
double mean_value(const Dataset& data, const Network& network, Size i) {
    double sum = 0.0, weights = 0.0;
    for_preactivations(data, network.weights(i), [&](double weight, double z) {
        double u = 0.0;
        network.activation_of(i).evaluate(1, &z, {.value = &u});
        sum += weight * u;
        weights += weight;
    });
    return weights > 0.0 ? sum / weights : 0.0;
}

// Whether decay has nearly nothing of the neuron left, beside the network's other weights.
bool nearly_idle(const Decay& decay, const Network& network, Size i) {
    double own = 0.0, largest = 0.0;
    decay.each(network, [&](Size p, double lambda) {
        const double share = lambda * network.parameters[p] * network.parameters[p];
        const Size hidden = network.width * network.inputs;
        const Size neuron = p < hidden ? p / network.inputs : (p - hidden) / network.output_count;
        (neuron == i ? own : largest) += share;
    });
    return own > 0.0 && own <= kIdle * kIdle * largest;
}

// Weights and outputs of the neuron that decay, at 0. Empty: it has none.
std::optional<Network> without(const Dataset& data, const Network& network, Size i) {
    const Decay& decay = data.decay();
    if (!(decay.weights > 0.0 && decay.outputs > 0.0)) return std::nullopt;
    Network result = network;
    add_to_constant(result, i, mean_value(data, network, i), decay.bias_input);
    clear_neuron(result, i);
    return result.parameters == network.parameters ? std::nullopt : std::optional(std::move(result));
}

}  // namespace

void switch_idle_off(const Decay& decay, Network& network) {
    if (!decay.bias_input || decay.hidden_biases > 0.0) return;
    for (Size i = 0; i < network.width; ++i) {
        const double* const w = network.weights(i);
        bool idle = std::all_of(w, w + network.inputs - 1, [](double v) { return v == 0.0; });
        for (Size o = 0; o < network.output_count; ++o) idle = idle && network.output(i, o) == 0.0;
        double u = 0.0;
        network.activation_of(i).evaluate(1, &kOff, {.value = &u});
        if (idle && std::abs(u) <= kSilent) network.weights(i)[network.inputs - 1] = kOff;
    }
}

StartReport minimum_under_decay(const SolveSetting& setting, const Network& start) {
    SolveOptions rest = *setting.options;
    SolveSetting left = setting;
    left.options = &rest;
    StartReport report = find_minimum(left, start);
    Size spent = report.iterations;
    for (Size turn = 0; turn < 2 * start.width; ++turn) {
        const bool stalled = report.outcome == StartOutcome::stalled;
        if (!(stalled || report.outcome == StartOutcome::converged) || !std::isfinite(report.loss)) break;
        std::optional<Network> lowest;
        double least = report.loss * (1.0 + kSameLoss);
        for (Size i = 0; i < start.width; ++i) {
            if (!stalled && !nearly_idle(setting.data->decay(), report.point, i)) continue;
            std::optional<Network> next = without(*setting.data, report.point, i);
            const std::optional<double> loss = next ? trial_loss(setting, *next) : std::nullopt;
            if (!loss || !(*loss <= least)) continue;
            least = *loss;
            lowest = std::move(next);
        }
        if (!lowest || spent >= setting.options->max_iterations) break;
        rest.max_iterations = setting.options->max_iterations - spent;
        report = find_minimum(left, *lowest);
        spent += report.iterations;
        report.iterations = spent;
    }
    if (report.outcome == StartOutcome::converged) switch_idle_off(setting.data->decay(), report.point);
    return report;
}

}  // namespace tepui
