// exp, sin and arctan.
#include <cmath>

#include "kernels/activation/families.hpp"
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
        if constexpr (kWide) z = hn::Min(hn::Max(z, hn::Set(d, -1000.0)), hn::Set(d, 1000.0));
        const ExpTerms t = exp_terms<kWide>(math::kExpScale, z, hn::Zero(d));
        const V e = rescaled<kWide>(hn::MulAdd(t.s, t.q, t.s), t.unscale);
        return {e, e, e, e};
    }
};

struct Sin {
    static constexpr double kFastLimit = 0x1p20;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const V limit = hn::Set(Tag(), kFastLimit);
        const SinCos sc = sin_cos(kWide ? hn::Min(hn::Max(z, hn::Neg(limit)), limit) : z);
        const Jet jet{sc.sin, sc.cos, hn::Neg(sc.sin), hn::Neg(sc.cos)};
        if constexpr (kWide) return with_huge_lanes(z, jet);
        return jet;
    }

  private:
    // Huge arguments need pi to a thousand bits: the C library has them.
    static HWY_NOINLINE Jet with_huge_lanes(V z, const Jet& jet) {
        const Tag d;
        constexpr std::size_t kLanes = hn::MaxLanes(Tag());
        HWY_ALIGN double buffer[5][kLanes];
        hn::Store(jet.value, d, buffer[0]);
        hn::Store(jet.first, d, buffer[1]);
        hn::Store(jet.second, d, buffer[2]);
        hn::Store(jet.third, d, buffer[3]);
        hn::Store(z, d, buffer[4]);
        for (std::size_t k = 0; k < hn::Lanes(d); ++k) {
            if (std::fabs(buffer[4][k]) <= kFastLimit) continue;
            ref::evaluate_activation(ActivationKind::sin, 0.0, 1, &buffer[4][k],
                                     {&buffer[0][k], &buffer[1][k], &buffer[2][k], &buffer[3][k]});
        }
        return {hn::Load(d, buffer[0]), hn::Load(d, buffer[1]), hn::Load(d, buffer[2]),
                hn::Load(d, buffer[3])};
    }
};

// g = 1 / (1 + a^2) carries what its rounding lost, relative to it; then the second derivative is -2 a g^2
// and, without cancellation but at the root, the third (6 a^2 - 2) g^3 = 2 (3 - 4 g) g^2.
struct Arctan {
    static constexpr double kFastLimit = 0x1p400;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = hn::Set(d, 1.0);
        const V two = hn::Set(d, 2.0);
        const V size = hn::Abs(z);
        const auto beyond = hn::Gt(size, one);
        const V t = hn::Div(hn::Min(size, one), hn::Max(size, one));
        const V arc = arctan_unit(t);
        const V complement = hn::Sub(hn::Set(d, math::kHalfPi), hn::Sub(arc, hn::Set(d, math::kHalfPiLow)));
        const V value = hn::CopySign(hn::IfThenElse(beyond, complement, arc), z);

        const V a = kWide ? hn::Min(size, hn::Set(d, kFastLimit)) : size;
        const V square = hn::Mul(a, a);
        const V larger = hn::Max(square, one);
        const V smaller = hn::Min(square, one);
        const V sum = hn::Add(larger, smaller);
        const V sum_low = hn::Add(hn::Add(hn::Sub(larger, sum), smaller), product_error(a, a, square));
        const V g = hn::Div(one, sum);
        const V lost = hn::NegMulAdd(sum_low, g, residual(sum, g, one));
        V first = hn::MulAdd(g, lost, g);
        const V lost_twice = hn::Add(lost, lost);
        V second = hn::Mul(hn::Mul(hn::Mul(a, g), g), hn::CopySign(two, hn::Neg(z)));
        second = hn::MulAdd(second, lost_twice, second);
        const V four_g = hn::Mul(g, hn::Set(d, 4.0));
        const V bracket = hn::NegMulAdd(four_g, lost, hn::Sub(hn::Set(d, 3.0), four_g));
        V third = hn::Mul(hn::Mul(hn::Mul(g, g), two), bracket);
        third = hn::MulAdd(third, lost_twice, third);
        if constexpr (kWide) {  // sigma' = 1 / z^2 may be subnormal; the others are 0
            const auto huge = hn::Gt(size, hn::Set(d, kFastLimit));
            first = hn::IfThenElse(huge, hn::Mul(t, t), first);
            second = hn::IfThenElse(huge, hn::CopySign(hn::Zero(d), second), second);
            third = hn::IfThenZeroElse(huge, third);
        }
        return {value, first, second, third};
    }
};

void elementary_family(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out) {
    switch (kind) {
        case ActivationKind::exp:
            return evaluate<Exp>(0.0, count, z, out);
        case ActivationKind::sin:
            return evaluate<Sin>(0.0, count, z, out);
        default:
            return evaluate<Arctan>(0.0, count, z, out);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(elementary_family);

void evaluate_elementary(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out) {
    TEPUI_DISPATCH(elementary_family)(kind, count, z, out);
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
