// The built-in activations, a row for each: what theorems may ask of it, sigma and three derivatives in any
// kind of number, and the fourth derivative where it is analytic (MATH.md section 2). What else an activation
// has is named by the compiler when it is missing: a vector form (families.hpp) and balls
// (certify/ball_activation.cpp).
//
// Written so that no term overflows where the result is finite and nothing cancels but at a root: in long
// double, where that is wider than double (x86), results are correct to about half an ulp of a double.
#pragma once

#include <algorithm>
#include <numbers>
#include <string>

#include "core/error.hpp"
#include "kernels/activation.hpp"
#include "kernels/activation/formulas.hpp"

namespace tepui {

namespace kernels {

// Defined below for every built-in activation.
template <ActivationKind kind>
struct ActivationRow;

template <>
struct ActivationRow<ActivationKind::tanh> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .parity = Parity::odd};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real t = real::tanh(z);
        const Real e = real::exp(-2 * real::absolute(clamped_to_tail(z)));
        const Real s = 4 * e / ((1 + e) * (1 + e));
        return {t, s, -2 * t * s, s * (4 * t * t - 2 * s)};
    }
    static FourthDerivative fourth(double z, double first, double second) {
        return sum_of(z, {4.0 * second, -12.0 * second * first});
    }
};

template <>
struct ActivationRow<ActivationKind::sigmoid> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .value_at_zero = 0.5};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Logistic<Real> l(clamped_to_tail(z));
        return {l.p, l.first, l.second, l.third};
    }
    static FourthDerivative fourth(double z, double first, double second) {
        return sum_of(z, {second, -12.0 * second * first});
    }
};

template <>
struct ActivationRow<ActivationKind::softplus> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic,
                                             .value_at_zero = std::numbers::ln2};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Logistic<Real> l(clamped_to_tail(z));
        return {real::positive_part(z) + real::log1p(real::exp(-real::absolute(z))), l.p, l.first, l.second};
    }
    static FourthDerivative fourth(double z, double /*first*/, double second) {
        return sum_of(z, {second, -6.0 * second * second});
    }
};

// erf(z / sqrt 2)
template <>
struct ActivationRow<ActivationKind::erf> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .parity = Parity::odd};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z), slope = 2 * normal_density(c);
        return {real::erf(z * real::sqrt(Real(0.5L))), slope, -c * slope, (c * c - 1) * slope};
    }
    static FourthDerivative fourth(double z, double first, double /*second*/) {
        return sum_of(z, {3.0 * z * first, -z * gaussian_square(z) * first});
    }
};

// z Phi(z)
template <>
struct ActivationRow<ActivationKind::gelu> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z), density = normal_density(c);
        const Real phi = normal_below(c, density);
        return {(z > 0 ? z : c) * phi, phi + c * density, (2 - c * c) * density, c * (c * c - 4) * density};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const double square = gaussian_square(z);
        const double density =
            std::exp(-0.5 * square) * (0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2);
        return sum_of(z, {-square * square * density, 7.0 * square * density, -4.0 * density});
    }
};

template <>
struct ActivationRow<ActivationKind::normal_cdf> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .value_at_zero = 0.5};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z), density = normal_density(c);
        return {normal_below(c, density), density, -c * density, (c * c - 1) * density};
    }
    static FourthDerivative fourth(double z, double first, double /*second*/) {
        return sum_of(z, {3.0 * z * first, -z * gaussian_square(z) * first});
    }
};

// z / (1 + exp(-v)), v = 2 sqrt(2 / pi) (z + 0.044715 z^3): z (1 + tanh(v / 2)) / 2 without cancellation for
// z < 0.
template <>
struct ActivationRow<ActivationKind::gelu_tanh> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z);
        const GeluCubic<Real> v(c);
        const Logistic<Real> l(v.value, v.lost);
        const Real square = v.first * v.first;
        const Real bent = l.second * square + l.first * v.second;  // the second derivative of the logistic
        return {(z > 0 ? z : c) * l.p, l.p + c * l.first * v.first, 2 * l.first * v.first + c * bent,
                3 * bent +
                    c * (l.third * square * v.first + 3 * l.second * v.first * v.second + l.first * v.third)};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const double c = std::clamp(z, -30.0, 30.0);  // far beyond, it is zero in double precision
        const GeluCubic<double> v(c);
        const LogisticDerivatives p(v.value);
        const double v2 = v.first * v.first;
        return sum_of(c * v.first,
                      {4.0 * p.third * v2 * v.first, 12.0 * p.second * v.first * v.second,
                       4.0 * p.first * v.third, c * p.fourth * v2 * v2, 6.0 * c * p.third * v2 * v.second,
                       3.0 * c * p.second * v.second * v.second, 4.0 * c * p.second * v.first * v.third});
    }
};

// sigmoid(4 z) + softplus(z)
template <>
struct ActivationRow<ActivationKind::sigmoid_softplus> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic,
                                             .value_at_zero = 0.5 + std::numbers::ln2};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z);
        const Logistic<Real> l(c), steep(4 * c);
        const Real softplus = real::positive_part(z) + real::log1p(real::exp(-real::absolute(z)));
        return {steep.p + softplus, 4 * steep.first + l.p, 16 * steep.second + l.first,
                64 * steep.third + l.second};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const LogisticDerivatives steep(4.0 * z), p(z);
        const FourthDerivative of_steep = sum_of(4.0 * z, {256.0 * steep.fourth});
        const FourthDerivative of_soft = sum_of(z, {p.third});
        return {of_steep.value + of_soft.value, of_steep.magnitude + of_soft.magnitude};
    }
};

// z / (1 + exp(-z))
template <>
struct ActivationRow<ActivationKind::silu> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z);
        const Logistic<Real> l(c);
        return {(z > 0 ? z : c) * l.p, l.p + c * l.first, 2 * l.first + c * l.second,
                3 * l.second + c * l.third};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const LogisticDerivatives p(z);
        return sum_of(
            z, {4.0 * p.first, -24.0 * p.first * p.first, z * p.second, -12.0 * z * p.second * p.first});
    }
};

template <>
struct ActivationRow<ActivationKind::sin> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .parity = Parity::odd};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real s = real::sin(z), c = real::cos(z);
        return {s, c, -s, -c};
    }
    static FourthDerivative fourth(double z, double /*first*/, double second) { return sum_of(z, {-second}); }
};

// exp(-z^2 / 2)
template <>
struct ActivationRow<ActivationKind::gaussian> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::analytic, .parity = Parity::even, .value_at_zero = 1.0};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = clamped_to_tail(z), g = bell(c);
        return {g, -c * g, (c * c - 1) * g, c * (3 - c * c) * g};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const double square = gaussian_square(z), g = std::exp(-0.5 * square);
        return sum_of(z, {square * square * g, -6.0 * square * g, 3.0 * g});
    }
};

// z^2 / 2
template <>
struct ActivationRow<ActivationKind::square> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::analytic, .polynomial = true, .parity = Parity::even, .homogeneity = 2};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        return {Real(0.5L) * z * z, z, 1, 0};
    }
    static FourthDerivative fourth(double, double, double) { return {}; }
};

// z^3
template <>
struct ActivationRow<ActivationKind::cube> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::analytic, .polynomial = true, .parity = Parity::odd, .homogeneity = 3};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        return {z * z * z, 3 * z * z, 6 * z, 6};
    }
    static FourthDerivative fourth(double, double, double) { return {}; }
};

// max(0, z)^3
template <>
struct ActivationRow<ActivationKind::relu3> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::c2, .flat_on_negatives = true, .homogeneity = 3};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real c = real::positive_part(z);
        return {c * c * c, 3 * c * c, 6 * c, z > 0 ? Real(6) : Real(0)};
    }
};

template <>
struct ActivationRow<ActivationKind::arctan> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .parity = Parity::odd};
    // Through 1 / z beyond 1, where z^2 may overflow but 1 / z^2 is still a double.
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real value = real::atan(z);
        if (real::absolute(z) <= 1) {
            const Real f = 1 / (1 + z * z);
            return {value, f, -2 * z * f * f, (6 * z * z - 2) * f * f * f};
        }
        const Real r = 1 / z, r2 = r * r, g = 1 / (1 + r2);
        return {value, r2 * g, -2 * r2 * r * g * g, r2 * r2 * (6 - 2 * r2) * g * g * g};
    }
    static FourthDerivative fourth(double z, double /*first*/, double /*second*/) {
        const double bounded = std::clamp(z, -1e30, 1e30);  // far beyond, it is zero in double precision
        const double f = 1.0 / (1.0 + bounded * bounded), g = 24.0 * bounded * f * f * f;
        return sum_of(z, {g * f, -g * bounded * f * bounded});
    }
};

template <>
struct ActivationRow<ActivationKind::identity> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::analytic, .polynomial = true, .parity = Parity::odd, .homogeneity = 1};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        return {z, 1, 0, 0};
    }
    static FourthDerivative fourth(double, double, double) { return {}; }
};

template <>
struct ActivationRow<ActivationKind::exp> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::analytic, .value_at_zero = 1.0};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        const Real e = real::exp(z);
        return {e, e, e, e};
    }
    static FourthDerivative fourth(double z, double /*first*/, double second) { return sum_of(z, {second}); }
};

// kSeluSlope z above, kSeluScale (exp(z) - 1) below 0.
template <>
struct ActivationRow<ActivationKind::selu> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::kink_at_zero};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        if (z > 0) return {Real(kSeluSlope) * z, Real(kSeluSlope), 0, 0};
        const Real bent = Real(kSeluScale) * real::exp(z);
        return {Real(kSeluScale) * real::expm1(z), bent, bent, bent};
    }
};

// z above, slope z below 0.
template <class Real>
ActivationJet<Real> two_slopes(Real z, Real slope) {
    if (z >= 0) return {z, 1, 0, 0};
    return {slope == 0 ? Real(0) : slope * z, slope, 0, 0};  // 0 at -inf too
}

template <>
struct ActivationRow<ActivationKind::relu> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::piecewise_linear, .flat_on_negatives = true, .homogeneity = 1};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        return two_slopes(z, Real(0));
    }
};

template <>
struct ActivationRow<ActivationKind::leaky_relu> {
    static constexpr ActivationTraits traits{.smoothness = Smoothness::piecewise_linear, .homogeneity = 1};
    template <class Real>
    static ActivationJet<Real> jet(Real z, Real slope) {
        return two_slopes(z, slope);
    }
};

template <>
struct ActivationRow<ActivationKind::abs> {
    static constexpr ActivationTraits traits{
        .smoothness = Smoothness::piecewise_linear, .parity = Parity::even, .homogeneity = 1};
    template <class Real>
    static ActivationJet<Real> jet(Real z) {
        return two_slopes(z, Real(-1));
    }
};

// use(row) with the row of a built-in activation.
template <class Use>
auto with_row(ActivationKind kind, Use&& use) {
    switch (kind) {
#define TEPUI_WORD(identifier, ...)  \
    case ActivationKind::identifier: \
        return use(ActivationRow<ActivationKind::identifier>{});
#include "vocabulary/built_in_activations.def"
#undef TEPUI_WORD
        case ActivationKind::custom:
            break;
    }
    throw Error(Status::internal, "activation kind " + std::to_string(static_cast<int>(kind)) +
                                      " has no row; expected one of the built-in kinds");
}

// sigma and three derivatives; parameter: the slope of leaky_relu.
template <class Real>
ActivationJet<Real> activation_jet(ActivationKind kind, Real parameter, Real z) {
    return with_row(kind, [&](auto row) -> ActivationJet<Real> {
        if constexpr (requires { row.jet(z, parameter); })
            return row.jet(z, parameter);
        else
            return row.jet(z);
    });
}

// False for activations that are not analytic, and for callbacks.
inline bool has_fourth_derivative(ActivationKind kind) {
    return kind != ActivationKind::custom &&
           with_row(kind, [](auto row) { return row.traits.smoothness == Smoothness::analytic; });
}

// The fourth derivative at z of an activation that has one; first, second: sigma' and sigma'' there.
inline FourthDerivative fourth_derivative(ActivationKind kind, double z, double first, double second) {
    return with_row(kind, [&](auto row) -> FourthDerivative {
        if constexpr (row.traits.smoothness == Smoothness::analytic)
            return row.fourth(z, first, second);
        else
            return {};
    });
}

}  // namespace kernels
}  // namespace tepui
