// By recursions of Taylor coefficients: those of sigma' satisfy a linear or quadratic equation.
#include "classification/infinity/activation_jet.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace tepui {
namespace {

using Jet = std::array<double, kJetOrder + 1>;  // Taylor coefficients

// Coefficient k of the product.
double product(const Jet& a, const Jet& b, int k) {
    double sum = 0.0;
    for (int i = 0; i <= k; ++i) sum += a[i] * b[k - i];
    return sum;
}

Jet integral(const Jet& slope, double value) {
    Jet result{value};
    for (int k = 0; k < kJetOrder; ++k) result[k + 1] = slope[k] / (k + 1);
    return result;
}

// y = e^(-z^2/2) factor: y' = -z y.
Jet bell(double z, double factor) {
    Jet y{factor * std::exp(-0.5 * z * z)};
    for (int k = 0; k < kJetOrder; ++k) y[k + 1] = -(z * y[k] + (k > 0 ? y[k - 1] : 0.0)) / (k + 1);
    return y;
}

// tanh(u): s' = y u', y = 1 - s^2, y' = -2 s s'.
Jet tanh_of(const Jet& u) {
    const double fade = std::exp(-2.0 * std::abs(u[0]));
    Jet s{std::tanh(u[0])}, y{4.0 * fade / ((1.0 + fade) * (1.0 + fade))};
    for (int k = 0; k < kJetOrder; ++k) {
        double slope = 0.0, fall = 0.0;
        for (int i = 0; i <= k; ++i) slope += y[i] * (k + 1 - i) * u[k + 1 - i];
        s[k + 1] = slope / (k + 1);
        for (int i = 0; i <= k; ++i) fall += s[i] * (k + 1 - i) * s[k + 1 - i];
        y[k + 1] = -2.0 * fall / (k + 1);
    }
    return s;
}

// y = sigma', y' = y (1 - 2 sigma).
Jet sigmoid(double z) {
    const double fade = std::exp(-std::abs(z)), total = 1.0 + fade;
    Jet s{z > 0.0 ? 1.0 / total : fade / total}, y{fade / (total * total)};
    for (int k = 0; k < kJetOrder; ++k) {
        s[k + 1] = y[k] / (k + 1);
        y[k + 1] = (y[k] - 2.0 * product(s, y, k)) / (k + 1);
    }
    return s;
}

Jet times_argument(double z, const Jet& factor) {
    Jet result{};
    for (int k = 0; k <= kJetOrder; ++k) result[k] = z * factor[k] + (k > 0 ? factor[k - 1] : 0.0);
    return result;
}

Jet normal_cdf(double z) {
    return integral(bell(z, std::sqrt(0.5 / std::numbers::pi)), 0.5 * std::erfc(-z / std::numbers::sqrt2));
}

Jet gelu_tanh(double z) {
    const double root = std::sqrt(2.0 / std::numbers::pi), cube = 0.044715;
    Jet inner = tanh_of({root * (z + cube * z * z * z), root * (1.0 + 3.0 * cube * z * z),
                         3.0 * root * cube * z, root * cube});
    for (double& of : inner) of *= 0.5;
    inner[0] = inner[0] > 0.0 ? 0.5 + inner[0] : 1.0 / (1.0 + std::exp(-2.0 * root * (z + cube * z * z * z)));
    return times_argument(z, inner);
}

Jet arctan(double z) {
    const double size = 1.0 + z * z;
    Jet slope{1.0 / size};
    for (int k = 1; k <= kJetOrder; ++k)
        slope[k] = -(2.0 * z * slope[k - 1] + (k > 1 ? slope[k - 2] : 0.0)) / size;
    return integral(slope, std::atan(z));
}

Jet coefficients_at(ActivationKind kind, double z) {
    switch (kind) {
        case ActivationKind::tanh:
            return tanh_of({z, 1.0});
        case ActivationKind::sigmoid:
            return sigmoid(z);
        case ActivationKind::softplus:
            return integral(sigmoid(z), std::fmax(z, 0.0) + std::log1p(std::exp(-std::abs(z))));
        case ActivationKind::erf:
            return integral(bell(z, std::sqrt(2.0 / std::numbers::pi)), std::erf(z / std::numbers::sqrt2));
        case ActivationKind::normal_cdf:
            return normal_cdf(z);
        case ActivationKind::gelu:
            return times_argument(z, normal_cdf(z));
        case ActivationKind::gelu_tanh:
            return gelu_tanh(z);
        case ActivationKind::silu:
            return times_argument(z, sigmoid(z));
        case ActivationKind::gaussian:
            return bell(z, 1.0);
        case ActivationKind::arctan:
            return arctan(z);
        case ActivationKind::sin:
            return {std::sin(z), std::cos(z), -std::sin(z) / 2.0, -std::cos(z) / 6.0, std::sin(z) / 24.0};
        case ActivationKind::exp: {
            const double e = std::exp(z);
            return {e, e, e / 2.0, e / 6.0, e / 24.0};
        }
        default:
            return {};
    }
}

}  // namespace

bool has_jet(const Activation& activation) {
    switch (activation.kind()) {
        case ActivationKind::tanh:
        case ActivationKind::sigmoid:
        case ActivationKind::softplus:
        case ActivationKind::erf:
        case ActivationKind::normal_cdf:
        case ActivationKind::gelu:
        case ActivationKind::gelu_tanh:
        case ActivationKind::silu:
        case ActivationKind::gaussian:
        case ActivationKind::arctan:
        case ActivationKind::sin:
        case ActivationKind::exp:
            return true;
        default:
            return false;
    }
}

void jet_at(const Activation& activation, double z, double* of) {
    const Jet jet = coefficients_at(activation.kind(), z);
    double factorial = 1.0;
    for (int k = 0; k <= kJetOrder; ++k) {
        of[k] = jet[k] * factorial;
        factorial *= k + 1;
    }
}

}  // namespace tepui
