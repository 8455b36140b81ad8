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
    if constexpr (kWide) return vx::Mul(x, unscale);
    (void)unscale;
    return x;
}

// r = x - multiple ln 2, |r| <= ln 2 / 32.
struct ExpArgument {
    Rounded multiple;  // of 1 / 16
    V r;
};

HWY_INLINE ExpArgument exp_argument(V x) {
    const Tag d;
    const Rounded n = round_scaled<4>(x, math::kInvLn2);
    const V r = vx::NegMulAdd(n.value, vx::Set(d, math::kLn2High), x);
    return {n, vx::NegMulAdd(n.value, vx::Set(d, math::kLn2Low), r)};
}

// The same for x = -kTimes a, with r / kTimes.
template <int kTimes>
HWY_INLINE ExpArgument exp_argument_negative(V a) {
    const Tag d;
    const Rounded n = round_scaled<4>(a, -kTimes * math::kInvLn2);
    const V r = vx::NegMulSub(n.value, vx::Set(d, math::kLn2High / kTimes), a);
    return {n, vx::NegMulAdd(n.value, vx::Set(d, math::kLn2Low / kTimes), r)};
}

// scale.f 2^multiple exp(kTimes r), for an x that lies in the same range as argument.multiple says; relative
// error of s + s q before its own rounding that of the polynomial.
template <bool kWide, int kTimes = 1, std::size_t kTerms>
HWY_INLINE ExpTerms exp_terms(const math::ExpScale& scale, const double (&poly)[kTerms], V x,
                              const ExpArgument& argument) {
    const Tag d;
    const IntTag di;
    const V r = argument.r;
    const VI bits = argument.multiple.bits;
    V unscale = vx::Set(d, 1.0);
    V shift = vx::Zero(d);
    if constexpr (kWide) {
        const auto low = vx::Lt(x, vx::Set(d, -640.0));
        const auto high = vx::Gt(x, vx::Set(d, 640.0));
        shift = vx::IfThenElse(low, vx::Set(d, 512.0), vx::IfThenElse(high, vx::Set(d, -512.0), shift));
        unscale = vx::IfThenElse(low, vx::Set(d, 0x1p-512), unscale);
        unscale = vx::IfThenElse(high, vx::Set(d, 0x1p512), unscale);
    }
#if HWY_TARGET <= HWY_AVX3
    (void)di;
    const V power = kWide ? vx::Add(argument.multiple.value, shift) : argument.multiple.value;
    const V s = vx::ScaleByFloor(lookup16(scale.value, bits), power);
#else
    VI exponent = vx::ShiftLeft<48>(bits);
    if constexpr (kWide) exponent = vx::Add(exponent, vx::ShiftLeft<52>(vx::ConvertTo(di, shift)));
    const V s = vx::BitCast(d, vx::Add(lookup16(scale.bits, bits), exponent));
#endif
    const V tail = vx::MulAdd(vx::Mul(r, r), polynomial<kTimes>(poly, r), lookup16(scale.low, bits));
    return {s, kTimes == 1 ? vx::Add(r, tail) : vx::MulAdd(r, vx::Set(d, double{kTimes}), tail), unscale};
}

// log(1 + e), 0 <= e <= 1.
HWY_INLINE V log1p_unit(V e) {
    const Tag d;
    const Rounded j = round_scaled<>(e, 15.0);
    const V c = lookup16(math::kLogReciprocal, j.bits);
    const V f = vx::MulAdd(e, c, vx::Sub(c, vx::Set(d, 1.0)));
    const V tail = vx::MulAdd(vx::Mul(f, f), polynomial(math::kLogPoly, f), f);
    return vx::Add(lookup16(math::kLogTable, j.bits), tail);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
