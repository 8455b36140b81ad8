// erf(z / sqrt 2), the normal distribution, exact gelu and the gaussian: all from the density exp(-z^2 / 2),
// whose exponent carries the rounding error of z^2. Phi(-a) = phi(a) M(a) with the Mills ratio M keeps its
// relative accuracy in the far tail.
#include "kernels/activation/families.hpp"
#include "kernels/dispatch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation/gaussian.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/activation/evaluate-inl.hpp"
#include "kernels/math/gauss-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Beyond |z| = 40 every tail is 0.
template <bool kWide>
HWY_INLINE V clamp_to_tail(V z) {
    const Tag d;
    if constexpr (kWide) return vx::Min(vx::Max(z, vx::Set(d, -40.0)), vx::Set(d, 40.0));
    return z;
}

struct Erf {
    static constexpr double kFastLimit = 37.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V value = vx::CopySign(erf_positive(vx::Abs(z)), z);
        z = clamp_to_tail<kWide>(z);
        const Density first = gauss_density<kWide>(math::kErfSlopeScale, z);
        const V second = vx::Mul(vx::Neg(z), first.value);
        const V third = vx::Mul(vx::MulSub(z, z, vx::Set(d, 1.0)), first.value);
        return {value, rescaled<kWide>(first.value, first.unscale), rescaled<kWide>(second, first.unscale),
                rescaled<kWide>(third, first.unscale)};
    }
};

// With w = Phi(-|z|) = phi M: value = w (z < 0) or 1 - w.
struct NormalCdf {
    static constexpr double kFastLimit = 37.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = vx::Set(d, 1.0);
        const V c = clamp_to_tail<kWide>(z);
        const Density phi = gauss_density<kWide>(math::kNormalScale, c);
        const V w = rescaled<kWide>(vx::Mul(phi.value, mills_ratio(vx::Abs(c)).ratio), phi.unscale);
        const V second = vx::Mul(vx::Neg(c), phi.value);
        const V third = vx::Mul(vx::MulSub(c, c, one), phi.value);
        return {vx::IfThenElse(vx::Lt(z, vx::Zero(d)), w, vx::Sub(one, w)),
                rescaled<kWide>(phi.value, phi.unscale), rescaled<kWide>(second, phi.unscale),
                rescaled<kWide>(third, phi.unscale)};
    }
};

// With a = |z|, w = Phi(-a) = phi M: value = z (w or 1 - w); first = g (z < 0) or 1 - g, g = phi (M - a).
struct Gelu {
    static constexpr double kFastLimit = 37.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        const V one = vx::Set(d, 1.0);
        const V c = clamp_to_tail<kWide>(z);
        const V a = vx::Abs(c);
        const auto negative = vx::Lt(z, vx::Zero(d));
        const Density phi = gauss_density<kWide>(math::kNormalScale, c);
        const Mills mills = mills_ratio(a);
        const V w = vx::Mul(phi.value, mills.ratio);
        const V below = rescaled<kWide>(vx::Mul(c, w), phi.unscale);
        const V above = vx::Mul(z, vx::Sub(one, rescaled<kWide>(w, phi.unscale)));
        const V g = rescaled<kWide>(vx::Mul(phi.value, mills.less_a), phi.unscale);
        const V second = vx::Mul(vx::NegMulAdd(c, c, vx::Set(d, 2.0)), phi.value);
        const V third = vx::Mul(vx::Mul(c, vx::MulSub(c, c, vx::Set(d, 4.0))), phi.value);
        return {vx::IfThenElse(negative, below, above), vx::IfThenElse(negative, g, vx::Sub(one, g)),
                rescaled<kWide>(second, phi.unscale), rescaled<kWide>(third, phi.unscale)};
    }
};

struct Gaussian {
    static constexpr double kFastLimit = 37.0;
    template <bool kWide>
    static HWY_INLINE Jet jet(V z, V /*parameter*/) {
        const Tag d;
        z = clamp_to_tail<kWide>(z);
        const Density g = gauss_density<kWide>(math::kExpScale, z);
        const V first = vx::Mul(vx::Neg(z), g.value);
        const V second = vx::Mul(vx::MulSub(z, z, vx::Set(d, 1.0)), g.value);
        const V third = vx::Mul(vx::Mul(z, vx::NegMulAdd(z, z, vx::Set(d, 3.0))), g.value);
        return {rescaled<kWide>(g.value, g.unscale), rescaled<kWide>(first, g.unscale),
                rescaled<kWide>(second, g.unscale), rescaled<kWide>(third, g.unscale)};
    }
};

TEPUI_ACTIVATION_LOOP(erf, Erf)
TEPUI_ACTIVATION_LOOP(normal_cdf, NormalCdf)
TEPUI_ACTIVATION_LOOP(gelu, Gelu)
TEPUI_ACTIVATION_LOOP(gaussian, Gaussian)

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

TEPUI_ACTIVATION_DISPATCH(erf)
TEPUI_ACTIVATION_DISPATCH(normal_cdf)
TEPUI_ACTIVATION_DISPATCH(gelu)
TEPUI_ACTIVATION_DISPATCH(gaussian)

}  // namespace tepui::kernels
#endif  // HWY_ONCE
