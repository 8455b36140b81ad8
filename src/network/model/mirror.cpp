#include "network/model/mirror.hpp"

namespace tepui {
namespace {

// Whatever the network can take.
std::optional<Mirror> mirror_image(const Activation& activation) {
    switch (activation.traits().parity) {
        case Parity::odd:
            return Mirror{.output = -1.0};
        case Parity::even:
            return Mirror{};
        case Parity::none:
            break;
    }
    switch (activation.kind()) {
        case ActivationKind::sigmoid:
        case ActivationKind::normal_cdf:
            return Mirror{.output = -1.0, .constant = 1.0};
        case ActivationKind::softplus:
        case ActivationKind::gelu:
        case ActivationKind::gelu_tanh:
        case ActivationKind::silu:
        case ActivationKind::relu:
            return Mirror{.slope = -1.0};
        case ActivationKind::leaky_relu:
            return Mirror{.slope = -1.0 - activation.parameter()};
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<Mirror> mirror_of(const Activation& activation, const Layout& layout) {
    const std::optional<Mirror> mirror = mirror_image(activation);
    if (!mirror || (mirror->constant != 0.0 && !layout.output_bias) || (mirror->slope != 0.0 && !layout.skip))
        return std::nullopt;
    return mirror;
}

void add_beyond_mirror(const Mirror& mirror, const double* w, const double* a, double times,
                       Network& network) {
    const Size bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    for (Size o = 0; o < network.output_count; ++o) {
        if (mirror.constant != 0.0)
            network.parameters[network.coefficient(bias, o)] += times * mirror.constant * a[o];
        for (Size j = 0; j < network.inputs && mirror.slope != 0.0; ++j)
            network.parameters[network.coefficient(first + j, o)] += times * mirror.slope * a[o] * w[j];
    }
}

void turn_over(Size i, Network& network) {
    const Mirror mirror = mirror_of(network.activation_of(i), network).value_or(Mirror{});
    std::vector<double> a;
    for (Size o = 0; o < network.output_count; ++o) {
        a.push_back(network.output(i, o));
        network.output(i, o) *= mirror.output;
    }
    double* const w = network.weights(i);
    for (Size j = 0; j < network.inputs; ++j) w[j] = -w[j];
    add_beyond_mirror(mirror, w, a.data(), 1.0, network);
}

}  // namespace tepui
