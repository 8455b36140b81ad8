// sigmoid_softplus and gelu_tanh: logistic functions of 4 z and of a cubic in z, whose derivatives are sums
// of terms that cancel. Everything in them is a number of two terms, so that their errors stay below those of
// rounding the sum.
#include "kernels/activation/families.hpp"
#include "kernels/dispatch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation/logistic_composed.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/activation/evaluate-inl.hpp"
#include "kernels/math/exp_log-inl.hpp"
#include "kernels/math/two_terms-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// exp(-(a + low)) to 2^-57, to be multiplied by unscale; a >= 0.
struct Decay {
    Two e;
    V unscale;
};
template <bool kWide>
TEPUI_TWO_TERMS Decay decay(V a, V low) {
    ExpArgument argument = exp_argument_negative<1>(a);
    argument.r = vx::Sub(argument.r, low);
    const ExpTerms t = exp_terms<kWide>(math::kExpScale, math::kExpPoly, vx::Neg(a), argument);
    return {ordered_sum(t.s, vx::Mul(t.s, t.q)), t.unscale};
}

// For e = exp(-v), v >= 0: small = e / (1 + e), large = 1 / (1 + e), slope = small large, and tau = large -
// small = tanh(v / 2) to the last digits where it vanishes, too. small and slope carry the scale of e; near
// is small where it counts beside 1 and 0 where it carries one.
struct LogisticTerms {
    Two small, near, large, slope, tau;
};
template <bool kWide>
TEPUI_TWO_TERMS LogisticTerms logistic_terms(const Two& e, V unscale) {
    const Two one = two(1.0);
    Two beside_one = e;
    if constexpr (kWide) {
        const auto tail = vx::Ne(unscale, one.high);
        beside_one = {vx::IfThenZeroElse(tail, e.high), vx::IfThenZeroElse(tail, e.low)};
    }
    const Two large = inverse_near_one(plus(one, beside_one));
    const Two small = times(e, large);
    return {small, times(beside_one, large), large, times(small, large),
            times(minus(one, beside_one), large)};
}
// 1 - 6 p' = (3 tau^2 - 1) / 2
TEPUI_TWO_TERMS Two bend(const LogisticTerms& l) {
    return plus(times(times(l.tau, l.tau), vx::Set(Tag(), 1.5)), two(-0.5));
}

// a + b where z < 0, else a - b.
TEPUI_TWO_TERMS V either_sum(const Two& a, const Two& b, V z) {
    return vx::IfThenElse(vx::Lt(z, vx::Zero(Tag())), rounded(plus(a, b)), rounded(minus(a, b)));
}

// sigmoid(4 z) + softplus(z). Of the former exp(-4 |z|) is left beside the latter's exp(-|z|): where that is
// scaled, it is zero.
struct SigmoidSoftplus {
    static constexpr double kFastLimit = 680.0;
    static TEPUI_TWO_TERMS V curved(const LogisticTerms& steep, const LogisticTerms& soft, V z) {
        return either_sum(soft.slope, scaled(times(steep.slope, steep.tau), 16.0), z);
    }
    static TEPUI_TWO_TERMS V bent(const LogisticTerms& steep, const LogisticTerms& soft, V z) {
        return either_sum(scaled(times(steep.slope, bend(steep)), 64.0), times(soft.slope, soft.tau), z);
    }
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V zero = vx::Zero(d), one = vx::Set(d, 1.0);
        V a = vx::Abs(z);
        if constexpr (kWide) a = vx::Min(a, vx::Set(d, 1000.0));
        const Decay plain = decay<kWide>(a, zero);
        const LogisticTerms soft = logistic_terms<kWide>(plain.e, plain.unscale);
        const Two squared = times(plain.e, plain.e);
        const LogisticTerms steep = logistic_terms<false>(times(squared, squared), one);
        const auto below = vx::Lt(z, zero);

        const V e = rounded(plain.e);
        V log1p = log1p_unit(kWide ? vx::Min(e, one) : e);
        if constexpr (kWide)  // where e carries a scale, log(1 + e) is e
            log1p = vx::IfThenElse(vx::Ne(plain.unscale, one), vx::Mul(e, plain.unscale), log1p);
        const V step = vx::IfThenElse(below, rounded(steep.small), rounded(steep.large));
        const V value = vx::Add(vx::Max(z, zero), vx::Add(step, log1p));

        const Two steep_slope = scaled(steep.slope, 4.0);
        const V first =
            vx::IfThenElse(below, rescaled<kWide>(rounded(plus(steep_slope, soft.small)), plain.unscale),
                           rounded(plus(steep_slope, soft.large)));
        // Odd in z is what falls with |z|.
        const V second = curved(steep, soft, z);
        const V third = bent(steep, soft, z);
        return {value, first, rescaled<kWide>(second, plain.unscale), rescaled<kWide>(third, plain.unscale)};
    }
};

// z p with p = sigmoid(v), v = k z + c z^3, k = 2 sqrt(2 / pi) and c = 0.044715 k. At a = |z|, with v' = k +
// 3 c a^2 and p' = slope:
//   first   g (z < 0) or 1 - g, g = small (1 - a v' large)
//   second  slope (2 v' + a v'' - a v'^2 tau), 2 v' + a v'' = 2 k + 12 c a^2
//   third   slope (24 c a - 3 tau v' (k + 9 c a^2) + a v'^3 (1 - 6 slope)), odd in z
struct GeluTanh {
    static constexpr double kFastLimit = 20.0;
    // v and what its derivatives are made of, at a > 0.
    struct Argument {
        Two v, slope, rise, six, nine, c_a;  // v, v', a v', k + 6 c a^2, k + 9 c a^2, c a
    };
    static TEPUI_TWO_TERMS Argument argument(V a) {
        const Two k = two(0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54);
        const Two c = two(0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c70p-61);
        const V square = vx::Mul(a, a);
        const Two cubic = times(c, Two{square, product_error(a, a, square)});  // c a^2
        const auto k_and_cubics = [&](double many) { return plus(k, times(cubic, vx::Set(Tag(), many))); };
        const Two slope = k_and_cubics(3.0);
        return {times(plus(k, cubic), a), slope,      times(slope, a), k_and_cubics(6.0),
                k_and_cubics(9.0),        times(c, a)};
    }
    static TEPUI_TWO_TERMS V first_below(const LogisticTerms& l, const Two& rise) {
        return rounded(times(l.small, minus(two(1.0), times(rise, l.large))));
    }
    static TEPUI_TWO_TERMS Two second_of(const LogisticTerms& l, const Two& k_and_six, const Two& steepness) {
        return times(l.slope, minus(scaled(k_and_six, 2.0), times(steepness, l.tau)));
    }
    static TEPUI_TWO_TERMS Two third_of(const LogisticTerms& l, const Argument& at, const Two& steepness) {
        const Tag d;
        const Two falling = times(times(l.tau, at.slope), times(at.nine, vx::Set(d, 3.0)));
        const Two bending = times(times(steepness, at.slope), bend(l));
        return times(l.slope, plus(bending, minus(times(at.c_a, vx::Set(d, 24.0)), falling)));
    }
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = vx::Set(d, 1.0);
        // Next to 0 the third derivative is linear: where z is tiny, of a larger one, so that its terms are
        // not subnormal.
        const V size =
            kWide ? vx::Min(vx::Abs(z), vx::Set(d, 23.7)) : vx::Abs(z);  // v = 988: all tails are 0
        const auto tiny = vx::Lt(size, vx::Set(d, 0x1p-500));
        const V a = vx::Mul(size, vx::IfThenElse(tiny, vx::Set(d, 0x1p400), one));
        const V shrink = vx::IfThenElse(tiny, vx::Set(d, 0x1p-400), one);
        const Argument at = argument(a);
        const Decay power = decay<kWide>(at.v.high, at.v.low);
        const LogisticTerms l = logistic_terms<kWide>(power.e, power.unscale);
        const auto below = vx::Lt(z, vx::Zero(d));

        const V value =
            vx::IfThenElse(below, vx::Neg(rescaled<kWide>(rounded(times(l.small, size)), power.unscale)),
                           vx::Mul(z, rounded(l.large)));
        const V g = rescaled<kWide>(first_below(l, at.rise), power.unscale);
        const V first = vx::IfThenElse(below, g, vx::Sub(one, g));
        const Two steepness = times(at.rise, at.slope);  // a v'^2
        const Two second = second_of(l, at.six, steepness), third = third_of(l, at, steepness);
        const V bare = vx::Mul(rescaled<kWide>(rounded(third), power.unscale), shrink);
        return {value, first, rescaled<kWide>(rounded(second), power.unscale),
                vx::Xor(bare, vx::And(z, vx::SignBit(d)))};
    }
};

TEPUI_ACTIVATION_LOOP(sigmoid_softplus, SigmoidSoftplus)
TEPUI_ACTIVATION_LOOP(gelu_tanh, GeluTanh)

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

TEPUI_ACTIVATION_DISPATCH(sigmoid_softplus)
TEPUI_ACTIVATION_DISPATCH(gelu_tanh)

}  // namespace tepui::kernels
#endif  // HWY_ONCE
