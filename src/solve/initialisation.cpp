#include "solve/initialisation.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "solve/output_fit.hpp"

namespace tepui {
namespace {

// The root mean square of a neuron's preactivation is drawn between these: below, every activation is nearly
// linear, above, the bounded ones are steps.
constexpr double kSmallGain = 0.5, kLargeGain = 3.0;
// Ridge on the output weights relative to their own curvature: nearly equal features get bounded weights.
constexpr double kRidge = 1e-6;
constexpr int kSteps = 4;

void draw_weights(const InputMetric& metric, Random& random, Network& network) {
    const bool centred = metric.constant_input >= 0;
    std::vector<double> spread(metric.inputs);
    Size varying = 0;
    for (Size j = 0; j < metric.inputs; ++j) {
        const double square = metric.square_sum[j] / metric.weight_sum;
        spread[j] = centred ? metric.deviation[j] : std::sqrt(square);
        // Deviations at the rounding level of the mean are those of a constant.
        if (spread[j] <= 1e-12 * std::sqrt(square)) spread[j] = 0.0;
        varying += spread[j] > 0.0;
    }
    for (Size i = 0; i < network.width; ++i) {
        const double gain = kSmallGain * std::pow(kLargeGain / kSmallGain, random.uniform());
        const double share = gain / std::sqrt(static_cast<double>(std::max<Size>(varying, 1)));
        double* w = network.weights(i);
        double offset = 0.0;
        for (Size j = 0; j < metric.inputs; ++j) {
            if (spread[j] == 0.0) continue;
            w[j] = share * random.normal() / spread[j];
            offset += w[j] * metric.mean[j];
        }
        if (centred) {
            w[metric.constant_input] = (gain * random.normal() - offset) / metric.mean[metric.constant_input];
        }
    }
}

}  // namespace

Network initial_network(const Dataset& data, const InputMetric& metric, const Network& prototype,
                        std::uint64_t seed, Size start) {
    Network network = prototype;
    std::fill(network.parameters.begin(), network.parameters.end(), 0.0);
    Random random(seed, static_cast<std::uint64_t>(start));
    draw_weights(metric, random, network);
    // Newton's steps of other losses begin at the best constant.
    for (Size o = 0; network.output_bias && !data.loss().quadratic() && o < network.output_count; ++o)
        network.parameters[network.coefficient(network.width, o)] = metric.output.centre[o];
    fit_outputs(data, network, {kRidge, kSteps});
    return network;
}

}  // namespace tepui
