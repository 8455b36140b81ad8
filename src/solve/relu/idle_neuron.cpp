#include "solve/relu/idle_neuron.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "network/derivatives/kink_sums.hpp"

namespace tepui {
namespace {

constexpr Size kDirections = 16;
constexpr int kAscents = 24;
constexpr double kClear = 16.0;  // times its rounding bound: a fall

// Psi and slopes of neurons without output, appended to the network: one pass for all of them.
KinkValue probe(const SolveSetting& setting, const Network& network, const Matrix& directions) {
    Network wide(network.activation, network.width + directions.rows(), network.inputs);
    std::copy_n(network.parameters.data(), network.width * network.inputs, wide.parameters.data());
    std::copy_n(directions.data(), directions.rows() * network.inputs, wide.weights(network.width));
    for (Size i = 0; i < network.width; ++i) wide.output(i) = network.output(i);
    return kink_sums(*setting.data, wide, {}, setting.execution);
}

// to_weights v
void take_back(const InputMetric& metric, const std::vector<double>& v, double* weights) {
    for (Size j = 0; j < metric.inputs; ++j) {
        weights[j] = 0.0;
        for (Size r = 0; r < metric.inputs; ++r) weights[j] += metric.to_weights(j, r) * v[r];
    }
}

// The direction of -output grad psi, normalised in unit coordinates; weights stay where it vanishes.
void ascend(const InputMetric& metric, const double* slope, double output, double* weights) {
    std::vector<double> v(metric.inputs, 0.0);
    double square = 0.0;
    for (Size r = 0; r < metric.inputs; ++r) {
        for (Size j = 0; j < metric.inputs; ++j) v[r] -= output * metric.to_weights(j, r) * slope[j];
        square += v[r] * v[r];
    }
    if (!(square > 0.0)) return;
    for (double& component : v) component /= std::sqrt(square);
    take_back(metric, v, weights);
}

}  // namespace

// Directions of steepest D are fixed points of v -> grad psi(v): a few steps from random ones come near them.
std::optional<FallingDirection> falling_direction(const SolveSetting& setting, const Network& network,
                                                  std::uint64_t trial) {
    const InputMetric& metric = *setting.metric;
    const Size d = metric.inputs;
    Random random(0x1d1e, trial);
    Matrix directions(kDirections, d);
    std::vector<double> v(d);
    for (Size l = 0; l < kDirections; ++l) {
        for (double& component : v) component = random.normal() / std::sqrt(static_cast<double>(d));
        take_back(metric, v, directions.row(l));
    }
    const auto output = [](Size l) { return l % 2 == 0 ? 1.0 : -1.0; };
    std::optional<FallingDirection> best;
    double steepest = 0.0;
    for (int step = 0; step <= kAscents; ++step) {
        const KinkValue found = probe(setting, network, directions);
        for (Size l = 0; l < kDirections; ++l) {
            const Size neuron = network.width + l;
            const double fall = -output(l) * found.psi[neuron];
            if (fall > kClear * found.psi_rounding[neuron] && fall > steepest) {
                steepest = fall;
                best = FallingDirection{{directions.row(l), directions.row(l) + d}, output(l)};
            }
            ascend(metric, found.slope.row(neuron), output(l), directions.row(l));
        }
    }
    return best;
}

}  // namespace tepui
