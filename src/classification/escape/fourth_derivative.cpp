#include "classification/escape/fourth_derivative.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tepui {
namespace {

// A sum of terms and the sum of their absolute values.
FourthDerivative sum_of(double z, std::initializer_list<double> terms) {
    FourthDerivative sum;
    for (const double term : terms) {
        sum.value += term;
        sum.magnitude += (1.0 + std::abs(z)) * std::abs(term);
    }
    return sum;
}

// 1 / (1 + exp(-z)) has p'''' = p'' (1 - 12 p') and p''' = p' (1 - 6 p'), p'' = p' tanh(-z / 2).
FourthDerivative silu(double z) {
    const double e = std::exp(-std::abs(z)), first = e / ((1.0 + e) * (1.0 + e));
    const double second = -first * std::tanh(0.5 * z);
    return sum_of(z, {4.0 * first, -24.0 * first * first, z * second, -12.0 * z * second * first});
}

FourthDerivative arctan(double z) {
    const double bounded = std::clamp(z, -1e30, 1e30);  // far beyond, it is zero in double precision
    const double f = 1.0 / (1.0 + bounded * bounded);
    const double g = 24.0 * bounded * f * f * f;
    return sum_of(z, {g * f, -g * bounded * f * bounded});
}

}  // namespace

bool has_fourth_derivative(const Activation& activation) {
    return activation.kind() != ActivationKind::custom &&
           activation.traits().smoothness == Smoothness::analytic;
}

FourthDerivative fourth_derivative(const Activation& activation, double z, double first, double second) {
    const double square = std::min(z * z, 1e4);  // Gaussian tails are zero beyond
    switch (activation.kind()) {
        case ActivationKind::tanh:
            return sum_of(z, {4.0 * second, -12.0 * second * first});
        case ActivationKind::sigmoid:
            return sum_of(z, {second, -12.0 * second * first});
        case ActivationKind::softplus:
            return sum_of(z, {second, -6.0 * second * second});
        case ActivationKind::erf:
            return sum_of(z, {3.0 * z * first, -z * square * first});
        case ActivationKind::gelu: {
            const double density =
                std::exp(-0.5 * square) * (0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2);
            return sum_of(z, {-square * square * density, 7.0 * square * density, -4.0 * density});
        }
        case ActivationKind::silu:
            return silu(z);
        case ActivationKind::sin:
            return sum_of(z, {-second});
        case ActivationKind::gaussian: {
            const double g = std::exp(-0.5 * square);
            return sum_of(z, {square * square * g, -6.0 * square * g, 3.0 * g});
        }
        case ActivationKind::arctan:
            return arctan(z);
        case ActivationKind::exp:
            return sum_of(z, {second});
        default:  // polynomials of degree at most 3
            return {};
    }
}

}  // namespace tepui
