#include "solve/relu/idle_neuron.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

constexpr Size kDirections = 16;
constexpr int kAscents = 24;
constexpr double kClear = 16.0;  // times its rounding bound: a fall

// Psi and slopes of neurons without output, appended to the network: one pass for all of them.
KinkValue probe(const SolveSetting& setting, const Network& network, const Matrix& directions) {
    Network wide = with_neurons(network, network.width + directions.rows());
    for (Size i = 0; i < network.width; ++i) copy_neuron(network, i, wide, i);
    std::copy_n(directions.data(), directions.rows() * network.inputs, wide.weights(network.width));
    return kink_sums(*setting.data, wide, {}, setting.execution);
}

// to_weights v
void take_back(const InputMetric& metric, const std::vector<double>& v, double* weights) {
    for (Size j = 0; j < metric.inputs; ++j) {
        weights[j] = 0.0;
        for (Size r = 0; r < metric.inputs; ++r) weights[j] += metric.to_weights(j, r) * v[r];
    }
}

// The direction of -sum a_o grad psi_o, normalised in unit coordinates; weights stay where it vanishes.
void ascend(const InputMetric& metric, const KinkValue& sums, Size neuron, const std::vector<double>& a,
            double* weights) {
    std::vector<double> v(metric.inputs, 0.0);
    double square = 0.0;
    for (Size r = 0; r < metric.inputs; ++r) {
        for (Size j = 0; j < metric.inputs; ++j)
            for (Size o = 0; o < sums.outputs; ++o)
                v[r] -= a[o] * metric.to_weights(j, r) * sums.slope(sums.row(neuron, o), j);
        square += v[r] * v[r];
    }
    if (!(square > 0.0)) return;
    for (double& component : v) component /= std::sqrt(square);
    take_back(metric, v, weights);
}

// -psi of the neuron, normalised; how long it was, less what may be rounding.
double steepest_output(const KinkValue& sums, Size neuron, std::vector<double>& a) {
    double length = 0.0, rounding = 0.0;
    for (Size o = 0; o < sums.outputs; ++o) {
        a[o] = -sums.psi[sums.row(neuron, o)];
        length = std::hypot(length, a[o]);
        rounding = std::hypot(rounding, sums.psi_rounding[sums.row(neuron, o)]);
    }
    if (!(length > kClear * rounding)) return 0.0;
    for (double& component : a) component /= length;
    return length;
}

}  // namespace

// Directions of steepest D are fixed points of v -> grad |psi(v)|: a few steps from random ones come near
// them.
std::optional<FallingDirection> falling_direction(const SolveSetting& setting, const Network& network,
                                                  std::uint64_t trial) {
    const InputMetric& metric = *setting.metric;
    const Size d = metric.inputs;
    Random random(0x1d1e, trial);
    Matrix directions(kDirections, d);
    std::vector<double> v(d), a(network.output_count);
    for (Size l = 0; l < kDirections; ++l) {
        for (double& component : v) component = random.normal() / std::sqrt(static_cast<double>(d));
        take_back(metric, v, directions.row(l));
    }
    std::optional<FallingDirection> best;
    double steepest = 0.0;
    for (int step = 0; step <= kAscents; ++step) {
        const KinkValue found = probe(setting, network, directions);
        for (Size l = 0; l < kDirections; ++l) {
            const double fall = steepest_output(found, network.width + l, a);
            if (fall > steepest) {
                steepest = fall;
                best = FallingDirection{{directions.row(l), directions.row(l) + d}, a};
            }
            if (fall > 0.0) ascend(metric, found, network.width + l, a, directions.row(l));
        }
    }
    return best;
}

}  // namespace tepui
