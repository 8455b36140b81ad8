#include "classification/infinity/activation_ends.hpp"

#include <cmath>
#include <numbers>

#include "classification/infinity/activation_jet.hpp"

namespace tepui {

ActivationEnds ends_of(const Activation& activation) {
    ActivationEnds ends;
    switch (activation.kind()) {
        case ActivationKind::tanh:
            ends.exponential = {2.0, 2.0, -1.0, 1.0};
            ends.mirrors = true;
            [[fallthrough]];
        case ActivationKind::erf:
            ends.saturates = true;
            ends.low = -1.0;
            ends.high = 1.0;
            break;
        case ActivationKind::sigmoid:
            ends.saturates = true;
            ends.high = 1.0;
            ends.exponential = {1.0, 1.0, -1.0, 1.0};
            ends.mirrors = true;
            ends.mirror = 1.0;
            break;
        case ActivationKind::gaussian:
            ends.saturates = true;
            break;
        case ActivationKind::softplus:
            ends.rectifies = true;
            ends.above_relu = 1;
            ends.kinks_cost = true;
            ends.exponential = {1.0, 1.0, -0.5, 1.0 / 3.0};
            break;
        case ActivationKind::normal_cdf:
            ends.saturates = true;
            ends.high = 1.0;
            break;
        case ActivationKind::gelu:
        case ActivationKind::silu:
            ends.curved_tail = true;
            [[fallthrough]];
        case ActivationKind::gelu_tanh:
            ends.rectifies = true;
            ends.above_relu = -1;
            break;
        default:
            break;
    }
    return ends;
}

double tail_rate(const Activation& activation) {
    return activation.kind() == ActivationKind::silu ? 1.0 : ends_of(activation).exponential.rate;
}

Asymptote asymptote_of(const Activation& activation) {
    if (activation.kind() == ActivationKind::sigmoid_softplus) return {1.0, 1, 1.0};
    return {0.0, ends_of(activation).above_relu, tail_rate(activation)};
}

double tail_slope(const Activation& activation, double c) {
    return activation.kind() == ActivationKind::silu ? 1.0 - 1.0 / c : c;
}

double farthest_tail(const Activation& activation) {
    return activation.kind() == ActivationKind::silu ? 300.0 : 30.0;
}

double tail(const Activation& activation, int side, double z) {
    const double far = std::abs(z), sign = side > 0 ? 1.0 : -1.0;
    switch (activation.kind()) {
        case ActivationKind::tanh:
            return -sign * 2.0 / (std::exp(2.0 * far) + 1.0);
        case ActivationKind::erf:
            return -sign * std::erfc(far / std::numbers::sqrt2);
        case ActivationKind::normal_cdf:
            return -sign * 0.5 * std::erfc(far / std::numbers::sqrt2);
        case ActivationKind::sigmoid:
            return -sign / (std::exp(far) + 1.0);
        case ActivationKind::gaussian:
            return std::exp(-0.5 * far * far);
        case ActivationKind::softplus:
            return std::log1p(std::exp(-far));
        case ActivationKind::sigmoid_softplus:
            return std::log1p(std::exp(-far)) - sign / (1.0 + std::exp(4.0 * far));
        case ActivationKind::gelu:
            return -far * 0.5 * std::erfc(far / std::numbers::sqrt2);
        case ActivationKind::gelu_tanh:
            return -far / (1.0 + std::exp(2.0 * std::sqrt(2.0 / std::numbers::pi) *
                                          (far + 0.044715 * far * far * far)));
        case ActivationKind::silu:
            return -far / (1.0 + std::exp(far));
        default:
            return 0.0;
    }
}

TaylorAtZero taylor_at_zero(const Activation& activation) {
    const double root = std::sqrt(2.0 / std::numbers::pi);
    switch (activation.kind()) {
        case ActivationKind::tanh:
            return {{0.0, 1.0, 0.0, -2.0, 0.0, 16.0}};
        case ActivationKind::erf:
            return {{0.0, root, 0.0, -root, 0.0, 3.0 * root}};
        case ActivationKind::arctan:
            return {{0.0, 1.0, 0.0, -2.0, 0.0, 24.0}};
        case ActivationKind::sin:
            return {{0.0, 1.0, 0.0, -1.0, 0.0, 1.0}};
        case ActivationKind::gelu:
            return {{0.0, 0.5, root, 0.0, -2.0 * root, 0.0}};
        case ActivationKind::silu:
            return {{0.0, 0.5, 0.5, 0.0, -0.5, 0.0}};
        default:
            return {};
    }
}

std::optional<Extremum> extremum_of(const Activation& activation) {
    double at = 0.0;
    switch (activation.kind()) {
        case ActivationKind::gelu:
        case ActivationKind::gelu_tanh:
            at = -0.75;
            break;
        case ActivationKind::silu:
            at = -1.28;
            break;
        case ActivationKind::gaussian:
            break;
        default:
            return std::nullopt;
    }
    Extremum result{at, {}};
    for (int step = 0; step < 6; ++step) {  // Newton's
        jet_at(activation, result.at, result.of);
        result.at -= result.of[1] / result.of[2];
    }
    jet_at(activation, result.at, result.of);
    return result;
}

}  // namespace tepui
