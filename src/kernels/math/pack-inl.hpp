// Several vectors handled as one: every operation is issued for each of them in turn. The activations are
// long dependency chains; with one vector at a time the scheduler of an AVX-512 core cannot look far enough
// ahead to keep its ports busy. The names and meanings are those of Highway.
// NOLINTNEXTLINE(llvm-header-guard): the guard flips with every target
#if defined(TEPUI_KERNELS_MATH_PACK_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_MATH_PACK_INL_HPP_
#undef TEPUI_KERNELS_MATH_PACK_INL_HPP_
#else
#define TEPUI_KERNELS_MATH_PACK_INL_HPP_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {
#if HWY_TARGET <= HWY_AVX3
namespace pack {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kWays = 4;

template <class T>
struct PackTag {
    using One = hn::ScalableTag<T>;
};
using TagD = PackTag<double>;
using TagI = PackTag<std::int64_t>;

template <class T>
struct Pack {
    hn::Vec<hn::ScalableTag<T>> v[kWays];
};
template <class T>
struct PackMask {
    hn::Mask<hn::ScalableTag<T>> v[kWays];
};
template <class Tag>
struct VecOf;
template <class T>
struct VecOf<PackTag<T>> {
    using type = Pack<T>;
};
template <class Tag>
using Vec = typename VecOf<Tag>::type;

using D = Pack<double>;
using I = Pack<std::int64_t>;
using M = PackMask<double>;
using MI = PackMask<std::int64_t>;

constexpr std::size_t MaxLanes(TagD) {
    return kWays * hn::MaxLanes(TagD::One());
}
HWY_INLINE std::size_t Lanes(TagD) {
    return kWays * hn::Lanes(TagD::One());
}

template <class T>
HWY_INLINE Pack<T> Set(PackTag<T>, T x) {
    Pack<T> r;
    for (auto& v : r.v) v = hn::Set(hn::ScalableTag<T>(), x);
    return r;
}
HWY_INLINE D Zero(TagD) {
    return Set(TagD(), 0.0);
}
HWY_INLINE D SignBit(TagD) {
    D r;
    for (auto& v : r.v) v = hn::SignBit(TagD::One());
    return r;
}
HWY_INLINE D LoadU(TagD, const double* p) {
    const TagD::One d;
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::LoadU(d, p + k * hn::Lanes(d));
    return r;
}
HWY_INLINE D Load(TagD, const double* p) {
    return LoadU(TagD(), p);
}
HWY_INLINE void StoreU(D x, TagD, double* p) {
    const TagD::One d;
    for (std::size_t k = 0; k < kWays; ++k) hn::StoreU(x.v[k], d, p + k * hn::Lanes(d));
}
HWY_INLINE void Store(D x, TagD, double* p) {
    StoreU(x, TagD(), p);
}
HWY_INLINE bool AllTrue(TagD, M m) {
    auto all = m.v[0];
    for (std::size_t k = 1; k < kWays; ++k) all = hn::And(all, m.v[k]);
    return hn::AllTrue(TagD::One(), all);
}
HWY_INLINE D BitCast(TagD, I x) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::BitCast(TagD::One(), x.v[k]);
    return r;
}
HWY_INLINE I BitCast(TagI, D x) {
    I r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::BitCast(TagI::One(), x.v[k]);
    return r;
}
template <int kBits>
HWY_INLINE I ShiftLeft(I x) {
    I r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::ShiftLeft<kBits>(x.v[k]);
    return r;
}
template <int kBits>
HWY_INLINE I ShiftRight(I x) {
    I r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::ShiftRight<kBits>(x.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> Add(Pack<T> a, Pack<T> b) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Add(a.v[k], b.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> Sub(Pack<T> a, Pack<T> b) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Sub(a.v[k], b.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> And(Pack<T> a, Pack<T> b) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::And(a.v[k], b.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> AndNot(Pack<T> a, Pack<T> b) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::AndNot(a.v[k], b.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> Xor(Pack<T> a, Pack<T> b) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Xor(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D Mul(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Mul(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D Div(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Div(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D Min(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Min(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D Max(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Max(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D CopySign(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::CopySign(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE D Neg(D a) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Neg(a.v[k]);
    return r;
}
HWY_INLINE D Abs(D a) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Abs(a.v[k]);
    return r;
}
HWY_INLINE D MulAdd(D a, D b, D c) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::MulAdd(a.v[k], b.v[k], c.v[k]);
    return r;
}
HWY_INLINE D MulSub(D a, D b, D c) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::MulSub(a.v[k], b.v[k], c.v[k]);
    return r;
}
HWY_INLINE D NegMulAdd(D a, D b, D c) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::NegMulAdd(a.v[k], b.v[k], c.v[k]);
    return r;
}
HWY_INLINE D NegMulSub(D a, D b, D c) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::NegMulSub(a.v[k], b.v[k], c.v[k]);
    return r;
}
HWY_INLINE M Lt(D a, D b) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Lt(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE M Le(D a, D b) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Le(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE M Gt(D a, D b) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Gt(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE M Ge(D a, D b) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Ge(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE M Ne(D a, D b) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::Ne(a.v[k], b.v[k]);
    return r;
}
HWY_INLINE M IsNaN(D a) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::IsNaN(a.v[k]);
    return r;
}
HWY_INLINE MI RebindMask(TagI, M m) {
    MI r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::RebindMask(TagI::One(), m.v[k]);
    return r;
}
HWY_INLINE M RebindMask(TagD, MI m) {
    M r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::RebindMask(TagD::One(), m.v[k]);
    return r;
}
HWY_INLINE MI TestBit(I x, I bit) {
    MI r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::TestBit(x.v[k], bit.v[k]);
    return r;
}
HWY_INLINE D IfThenElse(M m, D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::IfThenElse(m.v[k], a.v[k], b.v[k]);
    return r;
}
template <class T>
HWY_INLINE Pack<T> IfThenElseZero(PackMask<T> m, Pack<T> a) {
    Pack<T> r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::IfThenElseZero(m.v[k], a.v[k]);
    return r;
}
HWY_INLINE D IfThenZeroElse(M m, D a) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k] = hn::IfThenZeroElse(m.v[k], a.v[k]);
    return r;
}

// 14 bits of 1 / x
HWY_INLINE D RoughInverse(D x) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k].raw = _mm512_rcp14_pd(x.v[k].raw);
    return r;
}

// a 2^floor(b)
HWY_INLINE D ScaleByFloor(D a, D b) {
    D r;
    for (std::size_t k = 0; k < kWays; ++k) r.v[k].raw = _mm512_scalef_pd(a.v[k].raw, b.v[k].raw);
    return r;
}

}  // namespace pack
#endif
}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif
