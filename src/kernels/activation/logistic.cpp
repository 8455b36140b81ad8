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

// For e = exp(-kTimes a), a >= 0: small = kTimes e / (1 + e), large = 1 / (1 + e), tau = (1 - e) / (1 + e),
// kTimes being 1 or 2. small is to be multiplied by unscale; near is small where it counts beside 1 and 0 in
// the far tail.
//
// e = s + y unrounded. large, within an ulp, is a multiple of 2^-53, so 1 - large is exact; one
// residual of small (1 + e) = e then supplies what large lacks: small is correct to about half an ulp
// however small it is, and so is tau where it vanishes, being 1 - 2 small with both parts of small. The
// derivatives are polynomials in these.
struct Logistic {
    V s, y, small, near, large, tau, unscale;
    V rough, rest;  // near = rough + rest large before its rounding
};

template <bool kWide, int kTimes, std::size_t kTerms>
HWY_INLINE Logistic logistic(V a, const double (&poly)[kTerms]) {
    const Tag d;
    const V one = vx::Set(d, 1.0);
    const V times = vx::Set(d, double{kTimes});
    const V part = vx::Set(d, 1.0 / kTimes);
    if constexpr (kWide) a = vx::Min(a, vx::Set(d, 1000.0 / kTimes));
    const auto& scale = kTimes == 1 ? math::kExpScale : math::kTwiceExpScale;
    const ExpTerms t = exp_terms<kWide, kTimes>(scale, poly, vx::Mul(a, vx::Set(d, -double{kTimes})),
                                                exp_argument_negative<kTimes>(a));
    const V y = vx::Mul(t.s, t.q);
    const auto tail = vx::Ne(t.unscale, one);  // where e carries a scale, it is 0 beside 1
    const V s_true = kWide ? vx::IfThenZeroElse(tail, t.s) : t.s;
    const V y_true = kWide ? vx::IfThenZeroElse(tail, y) : y;
    const V sum = kTimes == 1 ? vx::Add(vx::Add(one, s_true), y_true)
                              : vx::MulAdd(y_true, part, vx::MulAdd(s_true, part, one));
    const V large = inverse_near_one(sum);
    const V rough = kTimes == 1 ? vx::Sub(one, large) : vx::NegMulAdd(large, times, times);
    const V rest = vx::MulAdd(large, y, residual_of_product(large, t.s, rough));
    const V small = vx::MulAdd(rest, large, rough);
    const V near = kWide ? vx::IfThenZeroElse(tail, small) : small;
    const V near_rest = kWide ? vx::IfThenZeroElse(tail, rest) : rest;
    const V rough_tau = vx::MulSub(large, vx::Set(d, 2.0), one);
    const V tau = vx::NegMulAdd(kTimes == 1 ? vx::Add(near_rest, near_rest) : near_rest, large, rough_tau);
    return {t.s, y, small, near, large, tau, t.unscale, rough, near_rest};
}

// 1 - 6 p' = (3 tau^2 - 1) / 2 to full relative accuracy, p' = small (1 - small). It vanishes at small = (1 -
// 1 / sqrt 3) / 2.
template <int kTimes>
HWY_INLINE V bend(const Logistic& l) {
    const Tag d;
    constexpr double kRoot = kTimes * 0x1.b0cb174df99c7p-3;
    constexpr double kRootLow = kTimes * 0x1.96f383f0da827p-57;
    const V off_root =
        vx::Add(vx::Sub(l.rough, vx::Set(d, kRoot)), vx::MulSub(l.rest, l.large, vx::Set(d, kRootLow)));
    const V other_root =
        vx::MulAdd(l.tau, vx::Set(d, -3.0 / kTimes), vx::Set(d, -0x1.bb67ae8584caap+0 / kTimes));
    const V beside = vx::Mul(off_root, other_root);
    const V away = vx::MulSub(vx::Mul(l.tau, vx::Set(d, 1.5)), l.tau, vx::Set(d, 0.5));
    return vx::IfThenElse(vx::Gt(l.tau, vx::Set(d, 0.375)), beside, away);
}

HWY_INLINE V with_sign(V x, V z) {
    return vx::Xor(x, vx::And(z, vx::SignBit(Tag())));
}
// -sign(z) x
HWY_INLINE V against_sign(V x, V z) {
    return vx::Xor(x, vx::AndNot(z, vx::SignBit(Tag())));
}
HWY_INLINE auto is_negative(V z) {
    return vx::Lt(z, vx::Zero(Tag()));
}

struct Tanh {
    static constexpr double kFastLimit = 345.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const Logistic l = logistic<kWide, 2>(vx::Abs(z), math::kExpPoly);
        const V t = with_sign(l.tau, z);
        const V s = vx::MulAdd(l.small, l.tau, l.small);  // 4 p (1 - p) with 2 p = small, 2 (1 - p) = 1 + tau
        const V second = vx::Mul(vx::Mul(t, vx::Set(d, -2.0)), s);
        const V third = vx::Mul(vx::Mul(s, vx::Set(d, 4.0)), bend<2>(l));
        return {t, rescaled<kWide>(s, l.unscale), rescaled<kWide>(second, l.unscale),
                rescaled<kWide>(third, l.unscale)};
    }
};

// p' = p q, to be multiplied by unscale.
HWY_INLINE V logistic_slope(const Logistic& l) {
    return vx::NegMulAdd(l.near, l.small, l.small);
}

template <bool kWide>
HWY_INLINE V logistic_value(const Logistic& l, V z) {
    return vx::IfThenElse(is_negative(z), rescaled<kWide>(l.small, l.unscale), l.large);
}

struct Sigmoid {
    static constexpr double kFastLimit = 690.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Logistic l = logistic<kWide, 1>(vx::Abs(z), math::kExpPoly);
        const V slope = logistic_slope(l);
        const V second = against_sign(vx::Mul(slope, l.tau), z);
        const V third = vx::Mul(slope, bend<1>(l));
        return {logistic_value<kWide>(l, z), rescaled<kWide>(slope, l.unscale),
                rescaled<kWide>(second, l.unscale), rescaled<kWide>(third, l.unscale)};
    }
};

struct Softplus {
    static constexpr double kFastLimit = 690.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const Logistic l = logistic<kWide, 1>(vx::Abs(z), math::kExpPoly);
        const V one = vx::Set(d, 1.0);
        const V e = vx::Add(l.s, l.y);
        V log1p = log1p_unit(kWide ? vx::Min(e, one) : e);
        if constexpr (kWide) {  // where e carries a scale, log(1 + e) is e
            log1p = vx::IfThenElse(vx::Ne(l.unscale, one), vx::Mul(e, l.unscale), log1p);
        }
        const V value = vx::Add(vx::Max(z, vx::Zero(d)), log1p);
        const V slope = logistic_slope(l);
        const V third = against_sign(vx::Mul(slope, l.tau), z);
        return {value, logistic_value<kWide>(l, z), rescaled<kWide>(slope, l.unscale),
                rescaled<kWide>(third, l.unscale)};
    }
};

// z p with p = sigmoid(z). With a = |z|, f = small (1 - a large) = small ((1 - a) + a small): first = f (z <
// 0) or 1 - f; second = slope (2 - a tau) = slope ((2 - a) + 2 a small); third = -sign(z) slope k, k = 3 tau
// - a bend = (3 - a) + 6 small ((a - 1) - a small): the former is good near 0, the latter beyond 1.
struct Silu {
    static constexpr double kFastLimit = 680.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = vx::Set(d, 1.0);
        const V two = vx::Set(d, 2.0);
        const V three = vx::Set(d, 3.0);
        V a = vx::Abs(z);
        if constexpr (kWide) a = vx::Min(a, vx::Set(d, 1000.0));
        const Logistic l = logistic<kWide, 1>(a, math::kExpPoly);
        const V slope = logistic_slope(l);
        const auto negative = is_negative(z);
        const V below = rescaled<kWide>(vx::Mul(vx::Neg(a), l.small), l.unscale);
        const V value = vx::IfThenElse(negative, below, vx::Mul(z, l.large));
        const V f = rescaled<kWide>(vx::Mul(l.small, vx::MulAdd(a, l.near, vx::Sub(one, a))), l.unscale);
        const V first = vx::IfThenElse(negative, f, vx::Sub(one, f));
        const V second = vx::Mul(slope, vx::MulAdd(vx::Add(a, a), l.near, vx::Sub(two, a)));
        const V k_inner = vx::NegMulAdd(a, bend<1>(l), vx::Mul(l.tau, three));
        const V k_slope = vx::NegMulAdd(a, l.near, vx::Sub(a, one));
        const V k_outer = vx::MulAdd(vx::Mul(l.near, vx::Set(d, 6.0)), k_slope, vx::Sub(three, a));
        const V third = vx::Mul(slope, vx::IfThenElse(vx::Gt(a, one), k_outer, k_inner));
        return {value, first, rescaled<kWide>(second, l.unscale),
                rescaled<kWide>(against_sign(third, z), l.unscale)};
    }
};

TEPUI_ACTIVATION_LOOP(tanh, Tanh)
TEPUI_ACTIVATION_LOOP(sigmoid, Sigmoid)
TEPUI_ACTIVATION_LOOP(softplus, Softplus)
TEPUI_ACTIVATION_LOOP(silu, Silu)

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

TEPUI_ACTIVATION_DISPATCH(tanh)
TEPUI_ACTIVATION_DISPATCH(sigmoid)
TEPUI_ACTIVATION_DISPATCH(softplus)
TEPUI_ACTIVATION_DISPATCH(silu)

}  // namespace tepui::kernels
#endif  // HWY_ONCE
