// Sixteen-entry tables in vector registers and polynomials whose coefficients differ from lane to lane.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_TABLE_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_TABLE_INL_HPP_
#undef TEPUI_KERNELS_MATH_TABLE_INL_HPP_
#else
#define TEPUI_KERNELS_MATH_TABLE_INL_HPP_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<double>;
using IntTag = hn::ScalableTag<std::int64_t>;
using V = hn::Vec<Tag>;
using VI = hn::Vec<IntTag>;

// table[index mod 16]; table is 64-byte aligned. AVX-512 keeps it in two registers and selects with one
// instruction.
#if HWY_TARGET <= HWY_AVX3
HWY_INLINE V lookup16(const double* table, VI index) {
    return V{_mm512_permutex2var_pd(_mm512_load_pd(table), index.raw, _mm512_load_pd(table + 8))};
}
HWY_INLINE VI lookup16(const std::int64_t* table, VI index) {
    return VI{_mm512_permutex2var_epi64(_mm512_load_si512(table), index.raw, _mm512_load_si512(table + 8))};
}
#else
HWY_INLINE V lookup16(const double* table, VI index) {
    return hn::GatherIndex(Tag(), table, hn::And(index, hn::Set(IntTag(), 15)));
}
HWY_INLINE VI lookup16(const std::int64_t* table, VI index) {
    return hn::GatherIndex(IntTag(), table, hn::And(index, hn::Set(IntTag(), 15)));
}
#endif

// Rounds to the nearest integer, |x| < 2^51; bits holds it in its low bits, in two's complement.
struct Rounded {
    V value;
    VI bits;
};
HWY_INLINE Rounded round_scaled(V x, double factor) {
    const Tag d;
    const V magic = hn::Set(d, 0x1.8p52);
    const V shifted = hn::MulAdd(x, hn::Set(d, factor), magic);
    return {hn::Sub(shifted, magic), hn::BitCast(IntTag(), shifted)};
}

// sum_k c[k] x^k, even and odd powers in two independent chains.
template <std::size_t kCount>
HWY_INLINE V polynomial(const double (&c)[kCount], V x) {
    static_assert(kCount >= 4);
    const Tag d;
    const V x2 = hn::Mul(x, x);
    constexpr std::size_t kTop = kCount - 1;
    V a = hn::Set(d, c[kTop]);
    V b = hn::Set(d, c[kTop - 1]);
    std::size_t k = kTop;
    for (; k >= 3; k -= 2) {
        a = hn::MulAdd(a, x2, hn::Set(d, c[k - 2]));
        b = hn::MulAdd(b, x2, hn::Set(d, c[k - 3]));
    }
    if (k == 2) return hn::MulAdd(hn::MulAdd(a, x, b), x, hn::Set(d, c[0]));
    return hn::MulAdd(a, x, b);
}

// q with c_0 + t q the polynomial sum_k c_k t^k, c_k = rows[k][index mod 16].
template <std::size_t kRows>
HWY_INLINE V piecewise_slope(const double (&rows)[kRows][16], VI index, V t) {
    static_assert(kRows >= 5);
    const V t2 = hn::Mul(t, t);
    constexpr std::size_t kTop = kRows - 1;
    V a = lookup16(rows[kTop], index);
    V b = lookup16(rows[kTop - 1], index);
    std::size_t k = kTop;
    for (; k >= 4; k -= 2) {
        a = hn::MulAdd(a, t2, lookup16(rows[k - 2], index));
        b = hn::MulAdd(b, t2, lookup16(rows[k - 3], index));
    }
    const V q = hn::MulAdd(a, t, b);
    return k == 3 ? hn::MulAdd(q, t, lookup16(rows[1], index)) : q;
}

template <std::size_t kRows>
HWY_INLINE V piecewise(const double (&rows)[kRows][16], VI index, V t) {
    return hn::MulAdd(piecewise_slope(rows, index, t), t, lookup16(rows[0], index));
}

// a b - product exactly, product being a b rounded; no overflow below |a|, |b| = 2^500.
HWY_INLINE V product_error(V a, V b, V product) {
#if HWY_NATIVE_FMA
    return hn::MulSub(a, b, product);
#else
    const V splitter = hn::Set(Tag(), 0x1p27 + 1.0);  // Veltkamp's splitting, Dekker's product
    const V big_a = hn::Mul(a, splitter);
    const V big_b = hn::Mul(b, splitter);
    const V high_a = hn::Sub(big_a, hn::Sub(big_a, a));
    const V high_b = hn::Sub(big_b, hn::Sub(big_b, b));
    const V low_a = hn::Sub(a, high_a);
    const V low_b = hn::Sub(b, high_b);
    const V rest = hn::Add(hn::Add(hn::Sub(hn::Mul(high_a, high_b), product), hn::Mul(high_a, low_b)),
                           hn::Mul(low_a, high_b));
    return hn::Add(rest, hn::Mul(low_a, low_b));
#endif
}

// c - a b, exact when a b is near c.
HWY_INLINE V residual(V a, V b, V c) {
#if HWY_NATIVE_FMA
    return hn::NegMulAdd(a, b, c);
#else
    const V product = hn::Mul(a, b);
    return hn::Sub(hn::Sub(c, product), product_error(a, b, product));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
