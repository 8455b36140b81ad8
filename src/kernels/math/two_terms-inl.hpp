// Numbers of two terms, high + low: sums whose terms cancel keep their digits. Each operation is exact but
// for some 2^-100 of its operands, the low terms being small beside the high ones.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_TWO_TERMS_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_TWO_TERMS_INL_HPP_
#undef TEPUI_KERNELS_MATH_TWO_TERMS_INL_HPP_
#undef TEPUI_TWO_TERMS
#else
#define TEPUI_KERNELS_MATH_TWO_TERMS_INL_HPP_
#endif

#include <hwy/highway.h>

#include "kernels/math/table-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Where V is a pack of vectors, calls: inlined, the terms of one formula take tens of kilobytes of stack.
#if HWY_TARGET <= HWY_AVX3
#define TEPUI_TWO_TERMS HWY_NOINLINE
#else
#define TEPUI_TWO_TERMS HWY_INLINE
#endif

struct Two {
    V high, low;
};

HWY_INLINE Two two(double high, double low = 0.0) {
    const Tag d;
    return {vx::Set(d, high), vx::Set(d, low)};
}
HWY_INLINE V rounded(const Two& a) {
    return vx::Add(a.high, a.low);
}

// a + b for |a| >= |b|, and for any a and b.
HWY_INLINE Two ordered_sum(V a, V b) {
    const V sum = vx::Add(a, b);
    return {sum, vx::Sub(b, vx::Sub(sum, a))};
}
HWY_INLINE Two exact_sum(V a, V b) {
    const V sum = vx::Add(a, b);
    const V from_b = vx::Sub(sum, a);
    return {sum, vx::Add(vx::Sub(a, vx::Sub(sum, from_b)), vx::Sub(b, from_b))};
}

TEPUI_TWO_TERMS Two plus(const Two& a, const Two& b) {
    const Two sum = exact_sum(a.high, b.high);
    return ordered_sum(sum.high, vx::Add(sum.low, vx::Add(a.low, b.low)));
}
HWY_INLINE Two negative(const Two& a) {
    return {vx::Neg(a.high), vx::Neg(a.low)};
}
HWY_INLINE Two minus(const Two& a, const Two& b) {
    return plus(a, negative(b));
}

TEPUI_TWO_TERMS Two times(const Two& a, V b) {
    const V product = vx::Mul(a.high, b);
    return ordered_sum(product, vx::MulAdd(a.low, b, product_error(a.high, b, product)));
}
TEPUI_TWO_TERMS Two times(const Two& a, const Two& b) {
    const V product = vx::Mul(a.high, b.high);
    const V cross = vx::MulAdd(a.high, b.low, vx::Mul(a.low, b.high));
    return ordered_sum(product, vx::Add(product_error(a.high, b.high, product), cross));
}
// By a power of two.
HWY_INLINE Two scaled(const Two& a, double power) {
    const V factor = vx::Set(Tag(), power);
    return {vx::Mul(a.high, factor), vx::Mul(a.low, factor)};
}

// 1 / a for a in [1, 2].
TEPUI_TWO_TERMS Two inverse_near_one(const Two& a) {
    const V inverse = inverse_near_one(a.high);
    const V lacking = vx::NegMulAdd(a.low, inverse, residual(a.high, inverse, vx::Set(Tag(), 1.0)));
    return ordered_sum(inverse, vx::Mul(inverse, lacking));
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
