// tanh, sigmoid, softplus, silu: everything from e = exp(-c |z|) and one reciprocal of 1 + e.
#include "kernels/activation/families.hpp"
#include "kernels/dispatch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation/logistic.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/activation/evaluate-inl.hpp"
#include "kernels/math/exp_log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// For a >= 0 and e = exp(-a): small = e / (1 + e), large = 1 - small, slope = small large, tau = tanh(a / 2)
// = 1 - 2 small. small and slope are to be multiplied by unscale; small_true is small after that.
//
// e and 1 + e are kept with what their rounding lost, and one residual makes the quotient correct to about
// half an ulp: then the derivatives are polynomials in small <= 1/2 that lose little more. tau comes from the
// unrounded quotient, so its relative accuracy survives where it vanishes.
struct Logistic {
    V e, small, small_true, large, tau, slope, bend, unscale;
};

template <bool kWide>
HWY_INLINE Logistic logistic(V a) {
    const Tag d;
    const V one = hn::Set(d, 1.0);
    V x = hn::Neg(a);
    if constexpr (kWide) x = hn::Max(x, hn::Set(d, -1000.0));
    const ExpTerms t = exp_terms<kWide>(math::kExpScale, x, hn::Zero(d));
    const V e = hn::MulAdd(t.s, t.q, t.s);
    const V e_low = hn::MulAdd(t.s, t.q, hn::Sub(t.s, e));
    V e_true = e;  // in the far tail, where e carries a scale, 0 next to 1
    V e_low_true = e_low;
    const auto tail = hn::Ne(t.unscale, one);
    if constexpr (kWide) {
        e_true = hn::IfThenZeroElse(tail, e);
        e_low_true = hn::IfThenZeroElse(tail, e_low);
    }
    const V sum = hn::Add(one, e_true);
    const V sum_low = hn::Add(hn::Sub(e_true, hn::Sub(sum, one)), e_low_true);
    const V r = hn::Div(one, sum);
    const V quotient = hn::Mul(e, r);
    const V rest = hn::Add(residual(quotient, sum, e), hn::NegMulAdd(quotient, sum_low, e_low));
    const V small = hn::MulAdd(rest, r, quotient);
    V near = small;  // small and its parts next to 1
    V near_quotient = quotient;
    V near_rest = rest;
    if constexpr (kWide) {
        near = hn::IfThenZeroElse(tail, near);
        near_quotient = hn::IfThenZeroElse(tail, near_quotient);
        near_rest = hn::IfThenZeroElse(tail, near_rest);
    }
    const V rough_tau = hn::NegMulAdd(near_quotient, hn::Set(d, 2.0), one);
    const V tau = hn::NegMulAdd(hn::Add(near_rest, near_rest), r, rough_tau);
    // bend vanishes at small = (1 - 1 / sqrt 3) / 2.
    constexpr double kRoot = 0x1.b0cb174df99c7p-3;
    constexpr double kRootLow = 0x1.96f383f0da827p-57;
    const V off_root =
        hn::Add(hn::Sub(near_quotient, hn::Set(d, kRoot)), hn::MulSub(near_rest, r, hn::Set(d, kRootLow)));
    const V other_root = hn::MulAdd(tau, hn::Set(d, -3.0), hn::Set(d, -0x1.bb67ae8584caap+0));
    const V beside = hn::Mul(off_root, other_root);
    const V away = hn::MulSub(hn::Mul(tau, hn::Set(d, 1.5)), tau, hn::Set(d, 0.5));
    const V bend = hn::IfThenElse(hn::Gt(tau, hn::Set(d, 0.375)), beside, away);
    return {e,
            small,
            rescaled<kWide>(small, t.unscale),
            hn::Sub(one, near),
            tau,
            hn::NegMulAdd(near, small, small),
            bend,
            t.unscale};
}

HWY_INLINE V with_sign(V x, V z) {
    return hn::Xor(x, hn::And(z, hn::SignBit(Tag())));
}
// -sign(z) x
HWY_INLINE V against_sign(V x, V z) {
    return hn::Xor(x, hn::AndNot(z, hn::SignBit(Tag())));
}
HWY_INLINE auto is_negative(V z) {
    return hn::Lt(z, hn::Zero(Tag()));
}

struct Tanh {
    static constexpr double kFastLimit = 345.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V a = hn::Abs(z);
        const Logistic l = logistic<kWide>(hn::Add(a, a));
        const V four = hn::Set(d, 4.0);
        const V t = with_sign(l.tau, z);
        const V s = hn::Mul(l.slope, four);
        const V second = hn::Mul(t, hn::Mul(s, hn::Set(d, -2.0)));
        const V third = hn::Mul(hn::Mul(s, four), l.bend);
        return {t, rescaled<kWide>(s, l.unscale), rescaled<kWide>(second, l.unscale),
                rescaled<kWide>(third, l.unscale)};
    }
};

struct Sigmoid {
    static constexpr double kFastLimit = 690.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Logistic l = logistic<kWide>(hn::Abs(z));
        const V second = against_sign(hn::Mul(l.slope, l.tau), z);
        const V third = hn::Mul(l.slope, l.bend);
        return {hn::IfThenElse(is_negative(z), l.small_true, l.large), rescaled<kWide>(l.slope, l.unscale),
                rescaled<kWide>(second, l.unscale), rescaled<kWide>(third, l.unscale)};
    }
};

struct Softplus {
    static constexpr double kFastLimit = 690.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const Logistic l = logistic<kWide>(hn::Abs(z));
        const V one = hn::Set(d, 1.0);
        V log1p = log1p_unit(kWide ? hn::Min(l.e, one) : l.e);
        if constexpr (kWide) {  // where e carries a scale, log(1 + e) is e
            log1p = hn::IfThenElse(hn::Ne(l.unscale, one), hn::Mul(l.e, l.unscale), log1p);
        }
        const V value = hn::Add(hn::Max(z, hn::Zero(d)), log1p);
        const V third = against_sign(hn::Mul(l.slope, l.tau), z);
        return {value, hn::IfThenElse(is_negative(z), l.small_true, l.large),
                rescaled<kWide>(l.slope, l.unscale), rescaled<kWide>(third, l.unscale)};
    }
};

// z p with p = sigmoid(z). With a = |z|, f = small (1 - a large) = small ((1 - a) + a small): first = f (z <
// 0) or 1 - f; second = slope (2 - a tau) = slope ((2 - a) + 2 a small); third = -sign(z) slope (3 tau - a
// (tau^2 - 2 slope)).
struct Silu {
    static constexpr double kFastLimit = 680.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = hn::Set(d, 1.0);
        const V two = hn::Set(d, 2.0);
        V a = hn::Abs(z);
        if constexpr (kWide) a = hn::Min(a, hn::Set(d, 1000.0));
        const Logistic l = logistic<kWide>(a);
        const auto negative = is_negative(z);
        const V below = rescaled<kWide>(hn::Mul(hn::Neg(a), l.small), l.unscale);
        const V value = hn::IfThenElse(negative, below, hn::Mul(z, l.large));
        const V f =
            rescaled<kWide>(hn::Mul(l.small, hn::MulAdd(a, l.small_true, hn::Sub(one, a))), l.unscale);
        const V first = hn::IfThenElse(negative, f, hn::Sub(one, f));
        const V second = hn::Mul(l.slope, hn::MulAdd(hn::Add(a, a), l.small_true, hn::Sub(two, a)));
        const V three = hn::Set(d, 3.0);
        const V k_inner = hn::NegMulAdd(a, l.bend, hn::Mul(l.tau, three));
        const V k_slope = hn::NegMulAdd(a, l.small_true, hn::Sub(a, one));
        const V k_outer = hn::MulAdd(hn::Mul(l.small_true, hn::Set(d, 6.0)), k_slope, hn::Sub(three, a));
        const V third = hn::Mul(l.slope, hn::IfThenElse(hn::Gt(a, one), k_outer, k_inner));
        return {value, first, rescaled<kWide>(second, l.unscale),
                rescaled<kWide>(against_sign(third, z), l.unscale)};
    }
};

void logistic_family(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out) {
    switch (kind) {
        case ActivationKind::tanh:
            return evaluate<Tanh>(0.0, count, z, out);
        case ActivationKind::sigmoid:
            return evaluate<Sigmoid>(0.0, count, z, out);
        case ActivationKind::softplus:
            return evaluate<Softplus>(0.0, count, z, out);
        default:
            return evaluate<Silu>(0.0, count, z, out);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(logistic_family);

void evaluate_logistic(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out) {
    TEPUI_DISPATCH(logistic_family)(kind, count, z, out);
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
