#include "solve/relu/idle_neuron.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

constexpr Size kDirections = 16;
constexpr int kAscents = 24;
constexpr double kClear = 16.0;   // times its rounding bound: a fall
constexpr double kBeyond = 1e-6;  // of what decay holds: less is not worth a step

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

// lambda of a neuron's input.
double held(const Decay& decay, Size inputs, Size j) {
    return decay.bias_input && j == inputs - 1 ? decay.hidden_biases : decay.weights;
}

// The direction of -sum a_o grad psi_o, of unit length in unit coordinates, the steepest there or, under
// decay of W, by what decay makes it cost (a bias that it leaves alone counted like other weights). Weights
// stay where it vanishes.
void ascend(const SolveSetting& setting, const KinkValue& sums, Size neuron, const std::vector<double>& a,
            double* weights) {
    const InputMetric& metric = *setting.metric;
    const Decay& decay = setting.data->decay();
    const Size d = metric.inputs;
    std::vector<double> slope(d, 0.0), v(d, 0.0);
    for (Size j = 0; j < d; ++j)
        for (Size o = 0; o < sums.outputs; ++o) slope[j] -= a[o] * sums.slope(sums.row(neuron, o), j);
    if (decay.weights > 0.0) {
        for (Size j = 0; j < d; ++j) {
            const double lambda = held(decay, d, j);
            v[j] = slope[j] / (lambda > 0.0 ? lambda : decay.weights);
        }
    } else {
        std::vector<double> unit(d, 0.0);
        for (Size r = 0; r < d; ++r)
            for (Size j = 0; j < d; ++j) unit[r] += metric.to_weights(j, r) * slope[j];
        take_back(metric, unit, v.data());
    }
    const double size = metric.preactivation_rms(v.data());
    if (!(size > 0.0)) return;
    for (Size j = 0; j < d; ++j) weights[j] = v[j] / size;
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

// Under decay |D(v)|^2 / (lambda_a v.Lambda v), above 1 where the loss falls along v and the best a, which is
// made of -D / |D|; 0 where it does not.
double decayed_fall(const Decay& decay, const double* v, Size inputs, double length, std::vector<double>& a) {
    double cost = 0.0;
    for (Size j = 0; j < inputs; ++j) cost += held(decay, inputs, j) * v[j] * v[j];
    const double ratio = length / std::max(decay.outputs * cost, std::numeric_limits<double>::min()) * length;
    if (!(ratio > 1.0 + kBeyond)) return 0.0;
    const double size = decay.outputs > 0.0 ? length / decay.outputs : std::max(1.0, 2.0 * cost / length);
    for (double& component : a) component *= size;
    return ratio;
}

}  // namespace

// Directions of steepest D are fixed points of v -> grad |psi(v)|: a few steps from random ones come near
// them.
std::optional<FallingDirection> falling_direction(const SolveSetting& setting, const Network& network,
                                                  std::uint64_t trial) {
    const InputMetric& metric = *setting.metric;
    const Decay& decay = setting.data->decay();
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
            const double length = steepest_output(found, network.width + l, a);
            if (length == 0.0) continue;
            std::vector<double> outputs = a;
            const double fall =
                decay.none() ? length : decayed_fall(decay, directions.row(l), d, length, outputs);
            if (fall > steepest) {
                steepest = fall;
                best = FallingDirection{{directions.row(l), directions.row(l) + d}, std::move(outputs)};
            }
            ascend(setting, found, network.width + l, a, directions.row(l));
        }
    }
    return best;
}

}  // namespace tepui
