// sin and cos together, and arctan.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_TRIG_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_TRIG_INL_HPP_
#undef TEPUI_KERNELS_MATH_TRIG_INL_HPP_
#else
#define TEPUI_KERNELS_MATH_TRIG_INL_HPP_
#endif

#include <hwy/highway.h>

#include "kernels/math/table-inl.hpp"
#include "kernels/math/trig_tables.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

struct SinCos {
    V sin, cos;
};

// |z| <= 2^20. Cody and Waite: each part of pi / 2 has 32 bits, so its products with the multiple are exact;
// what the subtractions round is relative to a difference that cancels no further.
HWY_INLINE SinCos sin_cos(V z) {
    const Tag d;
    const IntTag di;
    const V sign_bit = hn::SignBit(d);
    const Rounded n = round_scaled(hn::Abs(z), math::kTwoOverPi);
    V r = hn::Abs(z);
    for (const double part : math::kHalfPiParts) r = hn::NegMulAdd(n.value, hn::Set(d, part), r);
    const V r2 = hn::Mul(r, r);
    const V s = hn::MulAdd(hn::Mul(r, r2), polynomial(math::kSinPoly, r2), r);
    const V head = hn::NegMulAdd(r2, hn::Set(d, 0.5), hn::Set(d, 1.0));
    const V c = hn::MulAdd(hn::Mul(r2, r2), polynomial(math::kCosPoly, r2), head);
    // Quadrant n mod 4: bit 0 swaps, bit 1 (of n, of n + 1) gives the signs of sin and cos.
    const auto swap = hn::RebindMask(d, hn::TestBit(n.bits, hn::Set(di, 1)));
    const V sin_sign = hn::And(hn::BitCast(d, hn::ShiftLeft<62>(n.bits)), sign_bit);
    const V cos_sign = hn::And(hn::BitCast(d, hn::ShiftLeft<62>(hn::Add(n.bits, hn::Set(di, 1)))), sign_bit);
    const V sin_abs = hn::IfThenElse(swap, c, s);
    const V cos_abs = hn::IfThenElse(swap, s, c);
    return {hn::Xor(hn::Xor(sin_abs, sin_sign), hn::And(z, sign_bit)), hn::Xor(cos_abs, cos_sign)};
}

// arctan t, 0 <= t <= 1.
HWY_INLINE V arctan_unit(V t) {
    const Rounded j = round_scaled(t, math::kAtanInvStep);
    return piecewise(math::kAtanPieces, j.bits, hn::NegMulAdd(j.value, hn::Set(Tag(), math::kAtanStep), t));
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
