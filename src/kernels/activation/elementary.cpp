// exp, selu, sin and arctan.
#include <cmath>

#include "kernels/activation/families.hpp"
#include "kernels/activation/formulas.hpp"
#include "kernels/dispatch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation/elementary.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/activation/evaluate-inl.hpp"
#include "kernels/math/exp_log-inl.hpp"
#include "kernels/math/trig-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

struct Exp {
    static constexpr double kFastLimit = 640.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        if constexpr (kWide) z = vx::Min(vx::Max(z, vx::Set(d, -1000.0)), vx::Set(d, 1000.0));
        const ExpTerms t = exp_terms<kWide>(math::kExpScale, math::kExpPolyBrief, z, exp_argument(z));
        const V e = rescaled<kWide>(vx::MulAdd(t.s, t.q, t.s), t.unscale);
        return {e, e, e, e};
    }
};

// exp(z) - 1 = (s - 1) + s q: next to 0, s is 1.
struct Selu {
    static constexpr double kFastLimit = 640.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V zero = vx::Zero(d), one = vx::Set(d, 1.0);
        const V slope = vx::Set(d, kSeluSlope), scale = vx::Set(d, kSeluScale);
        V c = vx::Min(z, zero);
        if constexpr (kWide) c = vx::Max(c, vx::Set(d, -1000.0));
        const ExpTerms t = exp_terms<kWide>(math::kExpScale, math::kExpPoly, c, exp_argument(c));
        const V rest = vx::Mul(t.s, t.q);
        V less_one = vx::Add(vx::Sub(t.s, one), rest);
        if constexpr (kWide) less_one = vx::IfThenElse(vx::Ne(t.unscale, one), vx::Neg(one), less_one);
        const V bent = rescaled<kWide>(vx::Mul(vx::Add(t.s, rest), scale), t.unscale);
        const auto above = vx::Gt(z, zero);
        return {vx::IfThenElse(above, vx::Mul(z, slope), vx::Mul(less_one, scale)),
                vx::IfThenElse(above, slope, bent), vx::IfThenZeroElse(above, bent),
                vx::IfThenZeroElse(above, bent)};
    }
};

struct Sin {
    static constexpr double kFastLimit = 0x1p20;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const V limit = vx::Set(Tag(), kFastLimit);
        const SinCos sc = sin_cos(kWide ? vx::Min(vx::Max(z, vx::Neg(limit)), limit) : z);
        const Jet jet{sc.sin, sc.cos, vx::Neg(sc.sin), vx::Neg(sc.cos)};
        if constexpr (kWide) return with_huge_lanes(z, jet);
        return jet;
    }

  private:
    // Huge arguments need pi to a thousand bits: the C library has them.
    static HWY_NOINLINE Jet with_huge_lanes(V z, const Jet& jet) {
        const Tag d;
        constexpr std::size_t kLanes = vx::MaxLanes(Tag());
        HWY_ALIGN double buffer[5][kLanes];
        vx::Store(jet.value, d, buffer[0]);
        vx::Store(jet.first, d, buffer[1]);
        vx::Store(jet.second, d, buffer[2]);
        vx::Store(jet.third, d, buffer[3]);
        vx::Store(z, d, buffer[4]);
        for (std::size_t k = 0; k < vx::Lanes(d); ++k) {
            if (std::fabs(buffer[4][k]) <= kFastLimit) continue;
            ref::evaluate_activation(ActivationKind::sin, 0.0, 1, &buffer[4][k],
                                     {&buffer[0][k], &buffer[1][k], &buffer[2][k], &buffer[3][k]});
        }
        return {vx::Load(d, buffer[0]), vx::Load(d, buffer[1]), vx::Load(d, buffer[2]),
                vx::Load(d, buffer[3])};
    }
};

// g = 1 / (1 + a^2) carries what its rounding lost, relative to it; then the second derivative is -2 a g^2
// and, without cancellation but at the root, the third (6 a^2 - 2) g^3 = 2 (3 - 4 g) g^2.
struct Arctan {
    static constexpr double kFastLimit = 0x1p400;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = vx::Set(d, 1.0);
        const V two = vx::Set(d, 2.0);
        const V size = vx::Abs(z);
        const auto beyond = vx::Gt(size, one);
        const V t = vx::Div(vx::Min(size, one), vx::Max(size, one));
        const V arc = arctan_unit(t);
        const V complement = vx::Sub(vx::Set(d, math::kHalfPi), vx::Sub(arc, vx::Set(d, math::kHalfPiLow)));
        const V value = vx::CopySign(vx::IfThenElse(beyond, complement, arc), z);

        const V a = kWide ? vx::Min(size, vx::Set(d, kFastLimit)) : size;
        const V square = vx::Mul(a, a);
        const V larger = vx::Max(square, one);
        const V smaller = vx::Min(square, one);
        const V sum = vx::Add(larger, smaller);
        const V sum_low = vx::Add(vx::Add(vx::Sub(larger, sum), smaller), product_error(a, a, square));
        const V g = vx::Div(one, sum);
        const V lost = vx::NegMulAdd(sum_low, g, residual(sum, g, one));
        V first = vx::MulAdd(g, lost, g);
        const V lost_twice = vx::Add(lost, lost);
        V second = vx::Mul(vx::Mul(vx::Mul(a, g), g), vx::CopySign(two, vx::Neg(z)));
        second = vx::MulAdd(second, lost_twice, second);
        const V four_g = vx::Mul(g, vx::Set(d, 4.0));
        const V bracket = vx::NegMulAdd(four_g, lost, vx::Sub(vx::Set(d, 3.0), four_g));
        V third = vx::Mul(vx::Mul(vx::Mul(g, g), two), bracket);
        third = vx::MulAdd(third, lost_twice, third);
        if constexpr (kWide) {  // sigma' = 1 / z^2 may be subnormal; the others are 0
            const auto huge = vx::Gt(size, vx::Set(d, kFastLimit));
            first = vx::IfThenElse(huge, vx::Mul(t, t), first);
            second = vx::IfThenElse(huge, vx::CopySign(vx::Zero(d), second), second);
            third = vx::IfThenZeroElse(huge, third);
        }
        return {value, first, second, third};
    }
};

TEPUI_ACTIVATION_LOOP(exp, Exp)
TEPUI_ACTIVATION_LOOP(selu, Selu)
TEPUI_ACTIVATION_LOOP(sin, Sin)
TEPUI_ACTIVATION_LOOP(arctan, Arctan)

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

TEPUI_ACTIVATION_DISPATCH(exp)
TEPUI_ACTIVATION_DISPATCH(selu)
TEPUI_ACTIVATION_DISPATCH(sin)
TEPUI_ACTIVATION_DISPATCH(arctan)

}  // namespace tepui::kernels
#endif  // HWY_ONCE
