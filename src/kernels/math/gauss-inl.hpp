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
    const V minus_half = hn::Set(d, -0.5);
    const V square = hn::Mul(z, z);
    const V error = product_error(z, z, square);
    const ExpTerms t = exp_terms<kWide>(scale, hn::Mul(square, minus_half), hn::Mul(error, minus_half));
    return {hn::MulAdd(t.s, t.q, t.s), t.unscale};
}

// erf(a / sqrt 2), a >= 0.
HWY_INLINE V erf_positive(V a) {
    const Tag d;
    a = hn::Min(a, hn::Set(d, math::kErfLast));
    const Rounded j = round_scaled(a, math::kErfInvStep);
    return piecewise(math::kErfPieces, j.bits, hn::NegMulAdd(j.value, hn::Set(d, math::kErfStep), a));
}

// The Mills ratio M = Phi(-a) / phi(a), 0 <= a <= 40, and M - a without the rounding of M in it.
struct Mills {
    V ratio, less_a;
};

HWY_INLINE Mills mills_ratio(V a) {
    const V shifted = hn::Add(a, hn::Set(Tag(), math::kMillsShift));
    const VI index = hn::ShiftRight<50>(hn::BitCast(IntTag(), shifted));
    const V t = hn::Sub(a, lookup16(math::kMillsCenters, index));
    const V slope = piecewise_slope(math::kMillsPieces, index, t);
    const V center = lookup16(math::kMillsPieces[0], index);
    return {hn::MulAdd(slope, t, center), hn::MulAdd(slope, t, hn::Sub(center, a))};
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
