// exp(-z^2 / 2), erf(z / sqrt 2) and the Mills ratio.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_GAUSS_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_GAUSS_INL_HPP_
#undef TEPUI_KERNELS_MATH_GAUSS_INL_HPP_
#else
#define TEPUI_KERNELS_MATH_GAUSS_INL_HPP_
#endif

#include <hwy/highway.h>

#include "kernels/math/erf_tables.hpp"
#include "kernels/math/exp_log-inl.hpp"
#include "kernels/math/mills_tables.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// density * unscale = scale.f exp(-z^2 / 2); |z| <= 37 without kWide, |z| <= 40 with it.
struct Density {
    V value, unscale;
};

template <bool kWide>
HWY_INLINE Density gauss_density(const math::ExpScale& scale, V z) {
    const Tag d;
    const V minus_half = vx::Set(d, -0.5);
    const V square = vx::Mul(z, z);
    const V error = product_error(z, z, square);
    const V x = vx::Mul(square, minus_half);
    ExpArgument argument = exp_argument(x);
    argument.r = vx::MulAdd(error, minus_half, argument.r);
    const ExpTerms t = exp_terms<kWide>(scale, math::kExpPolyBrief, x, argument);
    return {vx::MulAdd(t.s, t.q, t.s), t.unscale};
}

// erf(a / sqrt 2), a >= 0.
HWY_INLINE V erf_positive(V a) {
    const Tag d;
    a = vx::Min(a, vx::Set(d, math::kErfLast));
    const Rounded j = round_scaled<>(a, math::kErfInvStep);
    return piecewise(math::kErfPieces, j.bits, vx::NegMulAdd(j.value, vx::Set(d, math::kErfStep), a));
}

// The Mills ratio M = Phi(-a) / phi(a), 0 <= a <= 40, and M - a without the rounding of M in it.
struct Mills {
    V ratio, less_a;
};

HWY_INLINE Mills mills_ratio(V a) {
    const V shifted = vx::Add(a, vx::Set(Tag(), math::kMillsShift));
    const VI index = vx::ShiftRight<50>(vx::BitCast(IntTag(), shifted));
    const V t = vx::Sub(a, lookup16(math::kMillsCenters, index));
    const V slope = piecewise_slope(math::kMillsPieces, index, t);
    const V center = lookup16(math::kMillsPieces[0], index);
    return {vx::MulAdd(slope, t, center), vx::MulAdd(slope, t, vx::Sub(center, a))};
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
