// ReLU-like networks with output biases and skip connections: what these send out is taken off the targets,
// and they are stationary besides (MATH.md section 9).
#include <algorithm>
#include <cmath>
#include <string>

#include "classification/directional/several_outputs.hpp"
#include "network/derivatives/gradient.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/slopes.hpp"

namespace tepui {
namespace {

void check(const Dataset& data, const Network& network) {
    if (!network.unit_activations.empty())
        throw Error(Status::unsupported,
                    "network has activations of single neurons, one of all is expected: its kinks are "
                    "judged with one pair of slopes");
    slopes_of(network.activation);
    if (data.loss().kind() != LossKind::squared)
        throw Error(
            Status::unsupported,
            "dataset has the loss " + std::string(name_of(data.loss().kind())) +
                ", the squared one is expected of ReLU-like networks: how far the loss falls along an "
                "escape neuron is told by its expansion, which ends at second order for that one alone");
    if (!data.decay().none())
        throw Error(
            Status::unsupported,
            "dataset has weight decay, none is expected of ReLU-like networks: it holds weights where "
            "kinks and samples do not, and the theorems speak of these alone");
}

// [n][K]: y - b - C x
std::vector<double> targets_of_neurons(const Dataset& data, const Network& network) {
    const Size n = data.samples(), outputs = network.output_count;
    const Size bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    std::vector<double> x(static_cast<std::size_t>(network.inputs)), targets;
    targets.reserve(static_cast<std::size_t>(checked_product(n, outputs)));
    for (Size k = 0; k < n; ++k) {
        if (network.skip) data.sample(k, x.data());
        for (Size o = 0; o < outputs; ++o) {
            double target = data.target(k, o);
            if (network.output_bias) target -= network.parameters[network.coefficient(bias, o)];
            for (Size j = 0; j < network.inputs && network.skip; ++j)
                target -= network.parameters[network.coefficient(first + j, o)] * x[j];
            targets.push_back(target);
        }
    }
    return targets;
}

// [K][m] of [m][K].
std::vector<double> by_output(const Network& network) {
    std::vector<double> a;
    for (Size o = 0; o < network.output_count; ++o)
        for (Size i = 0; i < network.width; ++i) a.push_back(network.output(i, o));
    return a;
}

bool stationary_beside(const Dataset& data, const Network& network, const Tolerances& tolerances,
                       const Execution& execution) {
    if (parameters_beside(network) == 0) return true;
    const Gradient slope = gradient(data, network, execution);
    for (Size p = neuron_parameters(network); p < network.parameter_count(); ++p) {
        const double level = std::max(tolerances.stationarity * slope.magnitude[p],
                                      tolerances.rounding_factor * slope.rounding[p]);
        if (std::abs(slope.value[p]) > level) return false;
    }
    return true;
}

// The same way in the parameters of the network.
void tell_witness(const Network& network, Witness& witness) {
    const auto own = [network](const std::vector<double>& plain) {
        Network moved = network;
        const Size hidden = moved.width * moved.inputs;
        std::copy_n(plain.begin(), hidden, moved.parameters.begin());
        for (Size o = 0; o < moved.output_count; ++o)
            for (Size i = 0; i < moved.width; ++i) moved.output(i, o) = plain[hidden + o * moved.width + i];
        return moved.parameters;
    };
    witness.base = network;
    witness.point = own(witness.point);
    witness.curve = [own, curve = witness.curve](double epsilon) { return own(curve(epsilon)); };
}

}  // namespace

OutputsReport classify_kinked_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                                    const DirectionalOptions& options, const Execution& execution) {
    check(data, network);
    Network neurons(network.activation, network.width, network.inputs);
    std::copy_n(network.parameters.begin(), network.width * network.inputs, neurons.parameters.begin());
    const std::vector<double> targets = targets_of_neurons(data, network), a = by_output(network);
    OutputsReport report = classify_several_outputs(data, neurons, network.output_count, targets.data(),
                                                    a.data(), tolerances, options, execution);
    if (report.rule != OutputsRule::zero_loss && report.verdict != Verdict::not_stationary &&
        !stationary_beside(data, network, tolerances, execution)) {
        report.verdict = Verdict::not_stationary;
        report.rule = OutputsRule::beside_neurons;
        report.deciding_neuron = -1;
        report.witness.reset();
    }
    if (report.witness) tell_witness(network, *report.witness);
    return report;
}

}  // namespace tepui
