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
    const V sign_bit = vx::SignBit(d);
    const Rounded n = round_scaled<>(vx::Abs(z), math::kTwoOverPi);
    V r = vx::Abs(z);
    for (const double part : math::kHalfPiParts) r = vx::NegMulAdd(n.value, vx::Set(d, part), r);
    const V r2 = vx::Mul(r, r);
    const V s = vx::MulAdd(vx::Mul(r, r2), polynomial(math::kSinPoly, r2), r);
    const V head = vx::NegMulAdd(r2, vx::Set(d, 0.5), vx::Set(d, 1.0));
    const V c = vx::MulAdd(vx::Mul(r2, r2), polynomial(math::kCosPoly, r2), head);
    // Quadrant n mod 4: bit 0 swaps, bit 1 (of n, of n + 1) gives the signs of sin and cos.
    const auto swap = vx::RebindMask(d, vx::TestBit(n.bits, vx::Set(di, std::int64_t{1})));
    const V sin_sign = vx::And(vx::BitCast(d, vx::ShiftLeft<62>(n.bits)), sign_bit);
    const V cos_sign =
        vx::And(vx::BitCast(d, vx::ShiftLeft<62>(vx::Add(n.bits, vx::Set(di, std::int64_t{1})))), sign_bit);
    const V sin_abs = vx::IfThenElse(swap, c, s);
    const V cos_abs = vx::IfThenElse(swap, s, c);
    return {vx::Xor(vx::Xor(sin_abs, sin_sign), vx::And(z, sign_bit)), vx::Xor(cos_abs, cos_sign)};
}

// arctan t, 0 <= t <= 1.
HWY_INLINE V arctan_unit(V t) {
    const Rounded j = round_scaled<>(t, math::kAtanInvStep);
    return piecewise(math::kAtanPieces, j.bits, vx::NegMulAdd(j.value, vx::Set(Tag(), math::kAtanStep), t));
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
