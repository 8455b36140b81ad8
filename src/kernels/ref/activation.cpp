// Straight from the formulas of MATH.md section 2, one element at a time, in long double: where that is wider
// than double (x86) the results are correct to about half an ulp. Written so that no term overflows where the
// result is finite and nothing cancels but at a root.
#include "kernels/activation.hpp"

#include <cmath>
#include <limits>

namespace tepui::kernels::ref {
namespace {

using Real = long double;

struct Jet {
    Real value, first, second, third;
};

constexpr Real kSqrtHalf = 0.707106781186547524400844362104849039L;
constexpr Real kInvSqrtTwoPi = 0.398942280401432677939946059934381868L;

// Beyond |z| = 800 every exponential tail is 0 in double, and z^3 exp(-z) is without inf * 0.
Real clamp_tail(Real z) {
    return std::fmin(std::fmax(z, -800.0L), 800.0L);
}

// exp(-z^2 / 2) with the rounding error of z^2 put back.
Real gauss(Real z) {
    const Real square = z * z;
    const Real error = std::fma(z, z, -square);
    return std::exp(-0.5L * square) * (1.0L - 0.5L * error);
}

// 1 / (1 + exp(-z)), its complement and the derivatives of the former.
struct Logistic {
    Real p, q, first, second, third;
};

Logistic logistic(Real z) {
    const Real e = std::exp(-std::fabs(z));
    const Real large = 1.0L / (1.0L + e);
    const Real small = e * large;
    const Real p = z >= 0 ? large : small;
    const Real q = z >= 0 ? small : large;
    const Real first = p * q;
    const Real difference = -std::tanh(0.5L * z);  // q - p
    return {p, q, first, first * difference, first * (1.0L - 6.0L * first)};
}

Jet tanh_jet(Real z) {
    const Real t = std::tanh(z);
    const Real e = std::exp(-2.0L * std::fabs(clamp_tail(z)));
    const Real s = 4.0L * e / ((1.0L + e) * (1.0L + e));
    return {t, s, -2.0L * t * s, s * (4.0L * t * t - 2.0L * s)};
}

Jet sigmoid_jet(Real z) {
    const Logistic l = logistic(clamp_tail(z));
    return {l.p, l.first, l.second, l.third};
}

Jet softplus_jet(Real z) {
    const Logistic l = logistic(clamp_tail(z));
    return {std::fmax(z, 0.0L) + std::log1p(std::exp(-std::fabs(z))), l.p, l.first, l.second};
}

Jet erf_jet(Real z) {
    const Real c = clamp_tail(z);
    const Real density = 2.0L * kInvSqrtTwoPi * gauss(c);
    return {std::erf(z * kSqrtHalf), density, -c * density, (c * c - 1.0L) * density};
}

Jet gelu_jet(Real z) {
    const Real c = clamp_tail(z);
    const Real density = kInvSqrtTwoPi * gauss(c);
    const Real phi = 0.5L * std::erfc(-c * kSqrtHalf);
    return {(z > 0 ? z : c) * phi, phi + c * density, (2.0L - c * c) * density, c * (c * c - 4.0L) * density};
}

Jet silu_jet(Real z) {
    const Real c = clamp_tail(z);
    const Logistic l = logistic(c);
    return {(z > 0 ? z : c) * l.p, l.p + c * l.first, 2.0L * l.first + c * l.second,
            3.0L * l.second + c * l.third};
}

Jet sin_jet(Real z) {
    const Real s = std::sin(z);
    const Real c = std::cos(z);
    return {s, c, -s, -c};
}

Jet gaussian_jet(Real z) {
    const Real c = clamp_tail(z);
    const Real g = gauss(c);
    return {g, -c * g, (c * c - 1.0L) * g, c * (3.0L - c * c) * g};
}

// Through 1 / z beyond 1, where z^2 may overflow but 1 / z^2 is still a double.
Jet arctan_jet(Real z) {
    const Real value = std::atan(z);
    if (std::fabs(z) <= 1.0L) {
        const Real f = 1.0L / (1.0L + z * z);
        return {value, f, -2.0L * z * f * f, (6.0L * z * z - 2.0L) * f * f * f};
    }
    const Real r = 1.0L / z;
    const Real g = 1.0L / (1.0L + r * r);
    const Real r2 = r * r;
    return {value, r2 * g, -2.0L * r2 * r * g * g, r2 * r2 * (6.0L - 2.0L * r2) * g * g * g};
}

Jet relu3_jet(Real z) {
    const Real c = std::fmax(z, 0.0L);
    return {c * c * c, 3.0L * c * c, 6.0L * c, z > 0 ? 6.0L : 0.0L};
}

Jet piecewise_linear_jet(Real z, Real below) {
    if (z >= 0) return {z, 1.0L, 0.0L, 0.0L};
    return {below == 0 ? 0.0L : below * z, below, 0.0L, 0.0L};  // 0 at -inf too
}

Jet jet(ActivationKind kind, Real parameter, Real z) {
    if (std::isnan(z)) return {z, z, z, z};
    switch (kind) {
        case ActivationKind::tanh:
            return tanh_jet(z);
        case ActivationKind::sigmoid:
            return sigmoid_jet(z);
        case ActivationKind::softplus:
            return softplus_jet(z);
        case ActivationKind::erf:
            return erf_jet(z);
        case ActivationKind::gelu:
            return gelu_jet(z);
        case ActivationKind::silu:
            return silu_jet(z);
        case ActivationKind::sin:
            return sin_jet(z);
        case ActivationKind::gaussian:
            return gaussian_jet(z);
        case ActivationKind::square:
            return {0.5L * z * z, z, 1.0L, 0.0L};
        case ActivationKind::cube:
            return {z * z * z, 3.0L * z * z, 6.0L * z, 6.0L};
        case ActivationKind::relu3:
            return relu3_jet(z);
        case ActivationKind::arctan:
            return arctan_jet(z);
        case ActivationKind::identity:
            return {z, 1.0L, 0.0L, 0.0L};
        case ActivationKind::exp: {
            const Real e = std::exp(z);
            return {e, e, e, e};
        }
        case ActivationKind::relu:
            return piecewise_linear_jet(z, 0.0L);
        case ActivationKind::leaky_relu:
            return piecewise_linear_jet(z, parameter);
        case ActivationKind::abs:
            return piecewise_linear_jet(z, -1.0L);
        case ActivationKind::custom:
            break;
    }
    throw Error(Status::internal, "activation kind " + std::to_string(static_cast<int>(kind)) +
                                      " has no kernel; expected one of the built-in kinds");
}

}  // namespace

void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out) {
    for (Size k = 0; k < count; ++k) {
        const Jet j = jet(kind, parameter, z[k]);
        if (out.value != nullptr) out.value[k] = static_cast<double>(j.value);
        if (out.first != nullptr) out.first[k] = static_cast<double>(j.first);
        if (out.second != nullptr) out.second[k] = static_cast<double>(j.second);
        if (out.third != nullptr) out.third[k] = static_cast<double>(j.third);
    }
}

}  // namespace tepui::kernels::ref
