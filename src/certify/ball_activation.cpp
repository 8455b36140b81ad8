#include "certify/ball_activation.hpp"

#include <string>

#include "certify/ball_functions.hpp"
#include "core/error.hpp"
#include "kernels/activation/rows.hpp"

namespace tepui::balls {
namespace {

using enum ActivationKind;

Ball tripled(const Ball& a) noexcept {
    return a * Ball(3.0);
}

// By y = |z| at the middle: e^-y and 1 - e^-y, both with all their digits.
struct Decay {
    explicit Decay(const Ball& z) noexcept : right(mpfr_signbit(z.middle()) == 0) {
        constexpr double kNear = 0.5;
        const Ball minus_y = right ? -z : z;
        if (tepui::balls::middle(minus_y) > -kNear) {
            rest = one_minus_exp(minus_y);
            power = Ball(1.0) - rest;
        } else {
            power = tepui::balls::exp(minus_y);
            rest = Ball(1.0) - power;
        }
    }
    bool right;  // z > 0 at the middle; the formulas hold for every z
    Ball power, rest;
};

// tanh(z / 2), its sigmoid (1 + tanh(z / 2)) / 2 and the sigmoid's derivative.
struct Logistic {
    explicit Logistic(const Ball& z) noexcept : decay(z) {
        const Ball divisor = Ball(1.0) + decay.power;
        const Ball positive = decay.rest / divisor, share = decay.power / divisor;
        tanh_half = decay.right ? positive : -positive;
        sigmoid = decay.right ? Ball(1.0) / divisor : share;
        slope = share / divisor;
    }
    Decay decay;
    Ball tanh_half, sigmoid, slope;
};

BallJet tanh_jet(const Ball& z) noexcept {
    const Logistic twice(scaled(z, 1));
    const Ball first = scaled(twice.slope, 2);
    return {twice.tanh_half, first, scaled(-(twice.tanh_half * first), 1)};
}

BallJet sigmoid_jet(const Ball& z) noexcept {
    const Logistic at(z);
    return {at.sigmoid, at.slope, -(at.tanh_half * at.slope)};
}

BallJet gelu_tanh_jet(const Ball& z) noexcept {
    const Ball k = scaled(inverse_root_of_two_pi(), 2);  // 2 sqrt(2 / pi)
    const Ball cubic = Ball(44715.0) / Ball(1e6) * k * squared(z), rise = k + tripled(cubic);
    const Logistic at(z * (k + cubic));
    const Ball times_rise = z * rise;
    return {z * at.sigmoid, at.sigmoid + times_rise * at.slope,
            at.slope * (scaled(k + tripled(scaled(cubic, 1)), 1) - times_rise * rise * at.tanh_half)};
}

// max(z, 0) + log(1 + e^-|z|)
BallJet softplus_jet(const Ball& z) noexcept {
    const Logistic at(z);
    const Ball rest = log1p_of_positive(at.decay.power);
    return {at.decay.right ? z + rest : rest, at.sigmoid, at.slope};
}

BallJet sigmoid_softplus_jet(const Ball& z) noexcept {
    const BallJet steep = sigmoid_jet(scaled(z, 2)), soft = softplus_jet(z);
    return {steep.value + soft.value, scaled(steep.first, 2) + soft.first,
            scaled(steep.second, 4) + soft.second};
}

BallJet silu_jet(const Ball& z) noexcept {
    const Logistic at(z);
    return {z * at.sigmoid, at.sigmoid + z * at.slope, scaled(at.slope, 1) - z * (at.tanh_half * at.slope)};
}

BallJet arctan_jet(const Ball& z) noexcept {
    const Ball first = Ball(1.0) / (squared(z) + Ball(1.0));
    return {tepui::balls::arctan(z, first), first, scaled(-(squared(first) * z), 1)};
}

BallJet gaussian_jet(const Ball& z) noexcept {
    const Ball z2 = squared(z), value = tepui::balls::exp(scaled(-z2, -1));
    return {value, -(z * value), (z2 - Ball(1.0)) * value};
}

// max(0, z), which never goes further than z does.
Ball positive_part(const Ball& z) noexcept {
    if (upper_bound(z) <= 0.0) return Ball();
    if (mpfr_signbit(z.middle()) == 0) return z;
    Ball result;
    result.widen(z.radius());
    return result;
}

BallJet cubic_jet(const Ball& z) noexcept {
    const Ball z2 = squared(z);
    return {z2 * z, tripled(z2), scaled(tripled(z), 1)};
}

}  // namespace

bool has_balls(ActivationKind kind) {
    return kind != custom &&
           kernels::with_row(kind, [](auto row) { return row.traits.smoothness >= Smoothness::c2; });
}

BallActivation::BallActivation(ActivationKind kind)
    : kind_(kind), root_half_(inverse_root(2)), density_at_zero_(inverse_root_of_two_pi()) {
    if (!has_balls(kind)) {
        throw Error(Status::unsupported, "activation " + std::string(name_of(kind)) +
                                             " has no form in ball arithmetic: a certificate needs one of "
                                             "the built-in activations with a continuous second derivative");
    }
}

// erf(z / sqrt 2), Phi(z) and gelu = z Phi(z).
BallJet BallActivation::erf_family(const Ball& z) const noexcept {
    const Ball argument = z * root_half_;
    const Ball bell = tepui::balls::exp(-squared(argument)), density = bell * density_at_zero_;
    if (kind_ == ActivationKind::erf) {
        const Ball first = scaled(density, 1);
        return {tepui::balls::erf(argument, bell), first, -(z * first)};
    }
    const Ball below = scaled(one_plus_erf(argument, bell), -1);  // Phi
    if (kind_ == normal_cdf) return {below, density, -(z * density)};
    return {z * below, below + z * density, (Ball(2.0) - squared(z)) * density};
}

BallJet BallActivation::operator()(const Ball& z) const noexcept {
    switch (kind_) {
        case ActivationKind::tanh:
            return tanh_jet(z);
        case ActivationKind::sigmoid:
            return sigmoid_jet(z);
        case softplus:
            return softplus_jet(z);
        case silu:
            return silu_jet(z);
        case gelu_tanh:
            return gelu_tanh_jet(z);
        case sigmoid_softplus:
            return sigmoid_softplus_jet(z);
        case ActivationKind::erf:
        case normal_cdf:
        case gelu:
            return erf_family(z);
        case ActivationKind::arctan:
            return arctan_jet(z);
        case ActivationKind::sin: {
            const Ball value = tepui::balls::sin(z);
            return {value, tepui::balls::cos(z), -value};
        }
        case gaussian:
            return gaussian_jet(z);
        case ActivationKind::exp: {
            const Ball value = tepui::balls::exp(z);
            return {value, value, value};
        }
        case cube:
            return cubic_jet(z);
        case relu3:
            return cubic_jet(positive_part(z));
        case ActivationKind::square:
            return {scaled(squared(z), -1), z, Ball(1.0)};
        case identity:
            return {z, Ball(1.0), Ball()};
        case selu:
        case relu:
        case leaky_relu:
        case ActivationKind::abs:
        case custom:
            break;  // has_balls is false
    }
    return {};
}

}  // namespace tepui::balls
