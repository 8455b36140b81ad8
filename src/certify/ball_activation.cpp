#include "certify/ball_activation.hpp"

#include <arb_hypgeom.h>

#include <string>

#include "network/activation.hpp"

namespace tepui::balls {
namespace {

using enum ActivationKind;

// max(0, z)
void positive_part(arb_srcptr z, arb_ptr result, Bits precision) {
    Ball zero;
    arb_max(result, z, zero, precision);
}

// sech^2 z = 1 - tanh^2 z, which costs less but loses digits where tanh is nearly 1.
void sech_squared(arb_srcptr z, arb_srcptr tanh_z, arb_ptr result, Bits precision) {
    constexpr slong kModest = 3;  // |z| < 2^3: at most 24 bits are lost
    if (arf_cmpabs_2exp_si(arb_midref(z), kModest) < 0) {
        arb_sqr(result, tanh_z, precision);
        arb_sub_ui(result, result, 1, precision);
        arb_neg(result, result);
        return;
    }
    arb_sech(result, z, precision);
    arb_sqr(result, result, precision);
}

// Where the tail of a function that is nearly 1 beyond some z < 0 must be computed as such.
bool in_tail(arb_srcptr z) {
    constexpr slong kModest = -4;  // 1 + tanh(z / 2) and 1 + erf(z / sqrt 2) have lost 14 bits at most
    return arf_cmp_si(arb_midref(z), kModest) < 0;
}

// sigmoid and its first derivative: (1 + t) / 2 and q / 4 with t = tanh(z / 2), q = sech^2(z / 2).
void sigmoid_pair(arb_srcptr z, Ball& t, arb_ptr value, arb_ptr first, Bits precision) {
    Ball half;
    arb_mul_2exp_si(half, z, -1);
    arb_tanh(t, half, precision);
    if (in_tail(z)) {  // e^z / (1 + e^z)
        Ball exponential, divisor;
        arb_exp(exponential, z, precision);
        arb_add_ui(divisor, exponential, 1, precision);
        arb_div(value, exponential, divisor, precision);
    } else {
        arb_add_ui(value, t, 1, precision);
        arb_mul_2exp_si(value, value, -1);
    }
    sech_squared(half, t, first, precision);
    arb_mul_2exp_si(first, first, -2);
}

void tanh_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second, Bits precision) {
    arb_tanh(value, z, precision);
    sech_squared(z, value, first, precision);
    if (second == nullptr) return;
    arb_mul(second, value, first, precision);
    arb_mul_si(second, second, -2, precision);
}

void arctan_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second, Bits precision) {
    arb_atan(value, z, precision);
    arb_sqr(first, z, precision);
    arb_add_ui(first, first, 1, precision);
    arb_inv(first, first, precision);
    if (second == nullptr) return;
    arb_sqr(second, first, precision);
    arb_mul(second, second, z, precision);
    arb_mul_si(second, second, -2, precision);
}

}  // namespace

bool has_balls(ActivationKind kind) {
    switch (kind) {
        case relu:
        case leaky_relu:
        case abs:
        case custom:
            return false;
        default:
            return true;
    }
}

BallActivation::BallActivation(ActivationKind kind, Bits precision) : kind_(kind), precision_(precision) {
    if (!has_balls(kind)) {
        throw Error(Status::unsupported, "activation " + std::string(activation_name(kind)) +
                                             " has no form in ball arithmetic: a certificate needs one of "
                                             "the built-in activations with a continuous second derivative");
    }
    arb_const_pi(density_at_zero_, precision + 8);
    arb_mul_2exp_si(density_at_zero_, density_at_zero_, 1);
    arb_rsqrt(density_at_zero_, density_at_zero_, precision + 8);
    arb_rsqrt_ui(root_half_, 2, precision + 8);
}

void BallActivation::normal_density(arb_srcptr z, arb_ptr density) const {
    arb_sqr(density, z, precision_);
    arb_mul_2exp_si(density, density, -1);
    arb_neg(density, density);
    arb_exp(density, density, precision_);
    arb_mul(density, density, density_at_zero_, precision_);
}

// erf(z / sqrt 2) and gelu = z Phi(z).
void BallActivation::erf_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const {
    Ball density, argument;
    normal_density(z, density);
    arb_mul(argument, z, root_half_, precision_);
    arb_hypgeom_erf(value, argument, precision_);
    if (kind_ == erf) {
        arb_mul_2exp_si(first, density, 1);
        if (second == nullptr) return;
        arb_mul(second, z, first, precision_);
        arb_neg(second, second);
        return;
    }
    if (in_tail(z)) {
        arb_neg(argument, argument);
        arb_hypgeom_erfc(first, argument, precision_);
    } else {
        arb_add_ui(first, value, 1, precision_);
    }
    arb_mul_2exp_si(first, first, -1);  // Phi
    arb_mul(value, z, first, precision_);
    arb_addmul(first, z, density, precision_);
    if (second == nullptr) return;
    arb_sqr(second, z, precision_);
    arb_sub_ui(second, second, 2, precision_);
    arb_neg(second, second);
    arb_mul(second, second, density, precision_);
}

// sigmoid, softplus (its integral) and silu = z sigmoid(z).
void BallActivation::sigmoid_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const {
    Ball t, slope, curvature;
    sigmoid_pair(z, t, value, first, precision_);
    if (kind_ == softplus) {
        if (second != nullptr) arb_set(second, first);
        arb_set(first, value);
        arb_exp(value, z, precision_);
        arb_log1p(value, value, precision_);
        return;
    }
    if (kind_ == sigmoid && second == nullptr) return;
    arb_mul(curvature, t, first, precision_);
    arb_neg(curvature, curvature);
    if (kind_ == sigmoid) {
        arb_set(second, curvature);
        return;
    }
    arb_set(slope, first);
    arb_mul(first, z, slope, precision_);
    arb_add(first, first, value, precision_);
    arb_mul(value, value, z, precision_);
    if (second == nullptr) return;
    arb_mul(second, z, curvature, precision_);
    arb_mul_2exp_si(slope, slope, 1);
    arb_add(second, second, slope, precision_);
}

// square z^2 / 2, cube z^3, relu3 max(0, z)^3, identity.
void BallActivation::powers(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const {
    if (kind_ == identity || kind_ == square) {
        if (kind_ == square) arb_sqr(value, z, precision_);
        if (kind_ == square) arb_mul_2exp_si(value, value, -1);
        if (kind_ == identity) arb_set(value, z);
        if (kind_ == square) arb_set(first, z);
        if (kind_ == identity) arb_one(first);
        if (second != nullptr) arb_set_ui(second, kind_ == square ? 1 : 0);
        return;
    }
    Ball base;
    if (kind_ == relu3) {
        positive_part(z, base, precision_);
    } else {
        arb_set(base, z);
    }
    arb_sqr(first, base, precision_);
    arb_mul(value, first, base, precision_);
    arb_mul_ui(first, first, 3, precision_);
    if (second != nullptr) arb_mul_ui(second, base, 6, precision_);
}

void BallActivation::evaluate(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const {
    switch (kind_) {
        case tanh:
            return tanh_family(z, value, first, second, precision_);
        case sigmoid:
        case softplus:
        case silu:
            return sigmoid_family(z, value, first, second);
        case erf:
        case gelu:
            return erf_family(z, value, first, second);
        case ActivationKind::arctan:
            return arctan_family(z, value, first, second, precision_);
        case sin:
            arb_sin_cos(value, first, z, precision_);
            if (second != nullptr) arb_neg(second, value);
            return;
        case gaussian:
            arb_sqr(first, z, precision_);
            arb_mul_2exp_si(value, first, -1);
            arb_neg(value, value);
            arb_exp(value, value, precision_);
            if (second != nullptr) {
                arb_sub_ui(first, first, 1, precision_);
                arb_mul(second, first, value, precision_);
            }
            arb_mul(first, z, value, precision_);
            arb_neg(first, first);
            return;
        case ActivationKind::exp:
            arb_exp(value, z, precision_);
            arb_set(first, value);
            if (second != nullptr) arb_set(second, value);
            return;
        default:
            powers(z, value, first, second);
    }
}

}  // namespace tepui::balls
