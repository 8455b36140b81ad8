// exp, expm1 and log1p as the activations need them: shared terms, no special cases.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_EXP_LOG_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_EXP_LOG_INL_HPP_
#undef TEPUI_KERNELS_MATH_EXP_LOG_INL_HPP_
#else
#define TEPUI_KERNELS_MATH_EXP_LOG_INL_HPP_
#endif

#include <hwy/highway.h>

#include "kernels/math/exp_log_tables.hpp"
#include "kernels/math/table-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// f exp(x) = (s + s q) * unscale. Without kWide, |x| <= 700 and unscale is 1. With kWide, |x| <= 1000; beyond
// |x| = 640 s carries 2^+-512 too much, so that it stays normal and a result that is subnormal in the end is
// rounded once.
struct ExpTerms {
    V s, q, unscale;
};

template <bool kWide>
HWY_INLINE V rescaled(V x, V unscale) {
    if constexpr (kWide) return hn::Mul(x, unscale);
    (void)unscale;
    return x;
}

// scale.f exp(x + x_low), |x_low| far below |x|; relative error of s + s q before its own rounding about
// 2^-58.
template <bool kWide>
HWY_INLINE ExpTerms exp_terms(const math::ExpScale& scale, V x, V x_low) {
    const Tag d;
    const IntTag di;
    const Rounded n = round_scaled(x, math::kExpInvStep);
    V r = hn::NegMulAdd(n.value, hn::Set(d, math::kExpStepHigh), x);
    r = hn::Add(hn::NegMulAdd(n.value, hn::Set(d, math::kExpStepLow), r), x_low);
    VI exponent = hn::ShiftLeft<48>(n.bits);
    V unscale = hn::Set(d, 1.0);
    if constexpr (kWide) {
        const VI shift = hn::Set(di, std::int64_t{512} << 52);
        const auto low = hn::Lt(x, hn::Set(d, -640.0));
        const auto high = hn::Gt(x, hn::Set(d, 640.0));
        exponent = hn::Add(exponent, hn::IfThenElseZero(hn::RebindMask(di, low), shift));
        exponent = hn::Sub(exponent, hn::IfThenElseZero(hn::RebindMask(di, high), shift));
        unscale = hn::IfThenElse(low, hn::Set(d, 0x1p-512), unscale);
        unscale = hn::IfThenElse(high, hn::Set(d, 0x1p512), unscale);
    }
    const V s = hn::BitCast(d, hn::Add(lookup16(scale.bits, n.bits), exponent));
    const V tail = hn::MulAdd(hn::Mul(r, r), polynomial(math::kExpPoly, r), lookup16(scale.low, n.bits));
    return {s, hn::Add(r, tail), unscale};
}

// log(1 + e), 0 <= e <= 1.
HWY_INLINE V log1p_unit(V e) {
    const Tag d;
    const Rounded j = round_scaled(e, 15.0);
    const V c = lookup16(math::kLogReciprocal, j.bits);
    const V f = hn::MulAdd(e, c, hn::Sub(c, hn::Set(d, 1.0)));
    const V tail = hn::MulAdd(hn::Mul(f, f), polynomial(math::kLogPoly, f), f);
    return hn::Add(lookup16(math::kLogTable, j.bits), tail);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
