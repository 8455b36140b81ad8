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

#include "kernels/math/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// vx: the vector operations of the activations. AVX-512 works on several registers at a time.
#if HWY_TARGET <= HWY_AVX3
namespace vx = pack;
using Tag = pack::TagD;
using IntTag = pack::TagI;
#else
namespace vx = hwy::HWY_NAMESPACE;
using Tag = vx::ScalableTag<double>;
using IntTag = vx::ScalableTag<std::int64_t>;
#endif
using V = vx::Vec<Tag>;
using VI = vx::Vec<IntTag>;

// table[index mod 16]; table is 64-byte aligned. AVX-512 keeps it in two registers and selects with one
// instruction.
#if HWY_TARGET <= HWY_AVX3
HWY_INLINE V lookup16(const double* table, VI index) {
    const __m512d low = _mm512_load_pd(table);
    const __m512d high = _mm512_load_pd(table + 8);
    V r;
    for (std::size_t k = 0; k < pack::kWays; ++k)
        r.v[k].raw = _mm512_permutex2var_pd(low, index.v[k].raw, high);
    return r;
}
HWY_INLINE VI lookup16(const std::int64_t* table, VI index) {
    const __m512i low = _mm512_load_si512(table);
    const __m512i high = _mm512_load_si512(table + 8);
    VI r;
    for (std::size_t k = 0; k < pack::kWays; ++k)
        r.v[k].raw = _mm512_permutex2var_epi64(low, index.v[k].raw, high);
    return r;
}
#elif HWY_TARGET == HWY_AVX2
// Loads one by one: gather instructions are slow on many CPUs, and very slow under the mitigation of their
// leaks.
HWY_INLINE V lookup16(const double* table, VI index) {
    const __m256i k = _mm256_and_si256(index.raw, _mm256_set1_epi64x(15));
    return V{_mm256_setr_pd(table[_mm256_extract_epi64(k, 0)], table[_mm256_extract_epi64(k, 1)],
                            table[_mm256_extract_epi64(k, 2)], table[_mm256_extract_epi64(k, 3)])};
}
HWY_INLINE VI lookup16(const std::int64_t* table, VI index) {
    const __m256i k = _mm256_and_si256(index.raw, _mm256_set1_epi64x(15));
    return VI{_mm256_setr_epi64x(table[_mm256_extract_epi64(k, 0)], table[_mm256_extract_epi64(k, 1)],
                                 table[_mm256_extract_epi64(k, 2)], table[_mm256_extract_epi64(k, 3)])};
}
#else
HWY_INLINE V lookup16(const double* table, VI index) {
    return vx::GatherIndex(Tag(), table, vx::And(index, vx::Set(IntTag(), std::int64_t{15})));
}
HWY_INLINE VI lookup16(const std::int64_t* table, VI index) {
    return vx::GatherIndex(IntTag(), table, vx::And(index, vx::Set(IntTag(), std::int64_t{15})));
}
#endif

// Rounds x factor to a multiple of 2^-kFraction, |x factor| < 2^(51 - kFraction); bits holds the multiple in
// its low bits, in two's complement.
struct Rounded {
    V value;
    VI bits;
};
template <int kFraction = 0>
HWY_INLINE Rounded round_scaled(V x, double factor) {
    const Tag d;
    const V magic = vx::Set(d, 0x1.8p52 / (1 << kFraction));
    const V shifted = vx::MulAdd(x, vx::Set(d, factor), magic);
    return {vx::Sub(shifted, magic), vx::BitCast(IntTag(), shifted)};
}

// kTimes^2 sum_k c[k] (kTimes x)^k, even and odd powers in two independent chains.
template <int kTimes = 1, std::size_t kCount>
HWY_INLINE V polynomial(const double (&c)[kCount], V x) {
    static_assert(kCount >= 4);
    static_assert((kTimes & (kTimes - 1)) == 0);  // coefficients stay exact
    const auto coefficient = [&c](std::size_t k) {
        double power = kTimes * kTimes;
        for (std::size_t i = 0; i < k; ++i) power *= kTimes;
        return vx::Set(Tag(), power * c[k]);
    };
    const V x2 = vx::Mul(x, x);
    constexpr std::size_t kTop = kCount - 1;
    V a = coefficient(kTop);
    V b = coefficient(kTop - 1);
    std::size_t k = kTop;
    for (; k >= 3; k -= 2) {
        a = vx::MulAdd(a, x2, coefficient(k - 2));
        b = vx::MulAdd(b, x2, coefficient(k - 3));
    }
    if (k == 2) return vx::MulAdd(vx::MulAdd(a, x, b), x, coefficient(0));
    return vx::MulAdd(a, x, b);
}

// q with c_0 + t q the polynomial sum_k c_k t^k, c_k = rows[k][index mod 16].
template <std::size_t kRows>
HWY_INLINE V piecewise_slope(const double (&rows)[kRows][16], VI index, V t) {
    static_assert(kRows >= 5);
    const V t2 = vx::Mul(t, t);
    constexpr std::size_t kTop = kRows - 1;
    V a = lookup16(rows[kTop], index);
    V b = lookup16(rows[kTop - 1], index);
    std::size_t k = kTop;
    for (; k >= 4; k -= 2) {
        a = vx::MulAdd(a, t2, lookup16(rows[k - 2], index));
        b = vx::MulAdd(b, t2, lookup16(rows[k - 3], index));
    }
    const V q = vx::MulAdd(a, t, b);
    return k == 3 ? vx::MulAdd(q, t, lookup16(rows[1], index)) : q;
}

template <std::size_t kRows>
HWY_INLINE V piecewise(const double (&rows)[kRows][16], VI index, V t) {
    return vx::MulAdd(piecewise_slope(rows, index, t), t, lookup16(rows[0], index));
}

// 1 / x for x in [1, 2], within an ulp; exactly 1 where x is. AVX-512 divides half a vector at a time: two
// steps of Newton's cost less and leave the divider's port to others.
HWY_INLINE V inverse_near_one(V x) {
    const V one = vx::Set(Tag(), 1.0);
#if HWY_TARGET <= HWY_AVX3
    V r = vx::RoughInverse(x);
    r = vx::MulAdd(vx::NegMulAdd(x, r, one), r, r);
    return vx::MulAdd(vx::NegMulAdd(x, r, one), r, r);
#else
    return vx::Div(one, x);
#endif
}

// a b - product exactly, product being a b rounded; no overflow below |a|, |b| = 2^500.
HWY_INLINE V product_error(V a, V b, V product) {
#if HWY_NATIVE_FMA
    return vx::MulSub(a, b, product);
#else
    const V splitter = vx::Set(Tag(), 0x1p27 + 1.0);  // Veltkamp's splitting, Dekker's product
    const V big_a = vx::Mul(a, splitter);
    const V big_b = vx::Mul(b, splitter);
    const V high_a = vx::Sub(big_a, vx::Sub(big_a, a));
    const V high_b = vx::Sub(big_b, vx::Sub(big_b, b));
    const V low_a = vx::Sub(a, high_a);
    const V low_b = vx::Sub(b, high_b);
    const V rest = vx::Add(vx::Add(vx::Sub(vx::Mul(high_a, high_b), product), vx::Mul(high_a, low_b)),
                           vx::Mul(low_a, high_b));
    return vx::Add(rest, vx::Mul(low_a, low_b));
#endif
}

// a b - c with the product unrounded: exact but for the rounding of the difference.
HWY_INLINE V residual_of_product(V a, V b, V c) {
#if HWY_NATIVE_FMA
    return vx::MulSub(a, b, c);
#else
    const V product = vx::Mul(a, b);
    return vx::Add(vx::Sub(product, c), product_error(a, b, product));
#endif
}

// c - a b, exact when a b is near c.
HWY_INLINE V residual(V a, V b, V c) {
#if HWY_NATIVE_FMA
    return vx::NegMulAdd(a, b, c);
#else
    const V product = vx::Mul(a, b);
    return vx::Sub(vx::Sub(c, product), product_error(a, b, product));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
