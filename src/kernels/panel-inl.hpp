// The register tile behind the weighted Gram and the hidden layer, compiled once per instruction set.
//
// A tile is kTileRows x (1..kTileVectors vectors) of sums  sum_k b[t][k] a[k][lane]:  a is a panel with the
// lanes contiguous for each k, b holds rows with k contiguous, whose elements are broadcast.
#if defined(TEPUI_KERNELS_PANEL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_PANEL_INL
#undef TEPUI_KERNELS_PANEL_INL
#else
#define TEPUI_KERNELS_PANEL_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "core/machine.hpp"
#include "core/sizes.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using TagOf = hn::ScalableTag<T>;
template <class T>
using VectorOf = hn::Vec<TagOf<T>>;
template <class T>
constexpr int kLanesOf = HWY_LANES(T);

using Tag = TagOf<double>;
using Vector = VectorOf<double>;
constexpr int kLanes = kLanesOf<double>;
constexpr int kTileVectors = 3;
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kTileRows = 8;  // 24 sums, 3 panel vectors and a broadcast out of 32 registers
#else
constexpr int kTileRows = 4;  // 12 sums, 3 panel vectors and a broadcast out of 16 registers
#endif
template <class T>
constexpr int kPanelLanesOf = kTileVectors* kLanesOf<T>;
constexpr int kPanelLanes = kPanelLanesOf<double>;

// The first n < kLanesOf<T> elements; nothing behind them is read or written.
template <class T>
HWY_INLINE VectorOf<T> load_partial(const T* p, Size n) {
    const TagOf<T> tag;
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    return hn::MaskedLoad(hn::FirstN(tag, static_cast<size_t>(n)), tag, p);
#else
    HWY_ALIGN T lanes[kLanesOf<T>] = {};
    for (Size l = 0; l < n; ++l) lanes[l] = p[l];
    return hn::Load(tag, lanes);
#endif
}

template <class T>
HWY_INLINE void store_partial(VectorOf<T> value, T* p, Size n) {
    const TagOf<T> tag;
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    hn::BlendedStore(value, hn::FirstN(tag, static_cast<size_t>(n)), tag, p);
#else
    HWY_ALIGN T lanes[kLanesOf<T>];
    hn::Store(value, tag, lanes);
    for (Size l = 0; l < n; ++l) p[l] = lanes[l];
#endif
}

template <class T>
HWY_INLINE VectorOf<T> load_up_to(const T* p, Size n) {
    return n >= kLanesOf<T> ? hn::LoadU(TagOf<T>(), p) : load_partial(p, n);
}

template <class T>
HWY_INLINE void add_up_to(VectorOf<T> value, T* p, Size n) {
    if (n >= kLanesOf<T>) {
        hn::StoreU(hn::Add(hn::LoadU(TagOf<T>(), p), value), TagOf<T>(), p);
    } else if (n > 0) {
        store_partial(hn::Add(load_partial(p, n), value), p, n);
    }
}

HWY_INLINE void add_to_doubles(Vector value, double* p, Size n) {
    add_up_to(value, p, n);
}
HWY_INLINE void add_to_doubles(VectorOf<float> value, double* p, Size n) {
#if HWY_TARGET == HWY_SCALAR
    add_up_to(hn::PromoteTo(Tag(), value), p, n);
#else
    add_up_to(hn::PromoteTo(Tag(), hn::LowerHalf(hn::Half<TagOf<float>>(), value)), p, n);
    add_up_to(hn::PromoteTo(Tag(), hn::UpperHalf(hn::Half<TagOf<float>>(), value)), p + kLanes, n - kLanes);
#endif
}

template <class T>
HWY_INLINE void store_up_to(VectorOf<T> value, T* p, Size n) {
    if (n >= kLanesOf<T>) {
        hn::StoreU(value, TagOf<T>(), p);
    } else if (n > 0) {
        store_partial(value, p, n);
    }
}

// body(k, n) for vectors of n samples at k: whole ones, then what is left.
template <class Body>
HWY_INLINE void for_each_vector(Size count, const Body& body) {
    Size k = 0;
    for (; k + kLanes <= count; k += kLanes) body(k, static_cast<Size>(kLanes));
    if (k < count) body(k, count - k);
}

#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86  // eight lanes
// The even or odd 128-bit blocks of a, then those of b.
HWY_INLINE Vector even_blocks(Vector a, Vector b) {
    return Vector{_mm512_shuffle_f64x2(a.raw, b.raw, 0x88)};
}
HWY_INLINE Vector odd_blocks(Vector a, Vector b) {
    return Vector{_mm512_shuffle_f64x2(a.raw, b.raw, 0xDD)};
}
#endif

// r[s] lane l <-> r[l] lane s
template <int L>
HWY_INLINE void transpose(Vector (&r)[L]) {
#if HWY_TARGET == HWY_SCALAR
    (void)r;
#else
    const Tag tag;
    Vector u[L];
    HWY_UNROLL(8)
    for (int s = 0; s + 1 < L; s += 2) {  // 2 x 2 inside 128-bit blocks
        u[s] = hn::InterleaveLower(tag, r[s], r[s + 1]);
        u[s + 1] = hn::InterleaveUpper(tag, r[s], r[s + 1]);
    }
    if constexpr (L == 2) {
        r[0] = u[0];
        r[1] = u[1];
    } else if constexpr (L == 4) {
        r[0] = hn::ConcatLowerLower(tag, u[2], u[0]);
        r[1] = hn::ConcatLowerLower(tag, u[3], u[1]);
        r[2] = hn::ConcatUpperUpper(tag, u[2], u[0]);
        r[3] = hn::ConcatUpperUpper(tag, u[3], u[1]);
    }
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    if constexpr (L == 8) {
        HWY_UNROLL(2)
        for (int c = 0; c < 2; ++c) {  // a 4 x 4 transposition of blocks for even, then odd columns
            const Vector even0 = even_blocks(u[c], u[2 + c]);
            const Vector even1 = even_blocks(u[4 + c], u[6 + c]);
            const Vector odd0 = odd_blocks(u[c], u[2 + c]);
            const Vector odd1 = odd_blocks(u[4 + c], u[6 + c]);
            r[c] = even_blocks(even0, even1);
            r[2 + c] = even_blocks(odd0, odd1);
            r[4 + c] = odd_blocks(even0, even1);
            r[6 + c] = odd_blocks(odd0, odd1);
        }
    }
#endif
#endif
}

// The same of floats: pairs of rows become rows of double-sized pairs, whose even and odd columns are
// transposed as such.
template <int L>
HWY_INLINE void transpose(VectorOf<float> (&r)[L]) {
#if HWY_TARGET == HWY_SCALAR
    (void)r;
#else
    const TagOf<float> tag;
    Vector lower[L / 2], upper[L / 2];
    HWY_UNROLL(8)
    for (int s = 0; s < L / 2; ++s) {
        lower[s] = hn::BitCast(Tag(), hn::InterleaveLower(tag, r[2 * s], r[2 * s + 1]));
        upper[s] = hn::BitCast(Tag(), hn::InterleaveUpper(tag, r[2 * s], r[2 * s + 1]));
    }
    transpose(lower);
    transpose(upper);
    HWY_UNROLL(8)
    for (int s = 0; s < L / 2; ++s) {  // of each 128-bit block two columns are in lower, two in upper
        r[s / 2 * 4 + s % 2] = hn::BitCast(tag, lower[s]);
        r[s / 2 * 4 + 2 + s % 2] = hn::BitCast(tag, upper[s]);
    }
#endif
}

template <int V, class T, class Load>
HWY_INLINE void pack_block(Size k, Size n, Size first, Size rows, T* HWY_RESTRICT out, const Load& load) {
    const TagOf<T> tag;
    VectorOf<T> block[kLanesOf<T>];
    HWY_UNROLL(16)
    for (int s = 0; s < kLanesOf<T>; ++s) block[s] = first + s < rows ? load(first + s, k, n) : hn::Zero(tag);
    transpose(block);
    HWY_UNROLL(16)
    for (int s = 0; s < kLanesOf<T>; ++s) hn::Store(block[s], tag, out + s * V * kLanesOf<T>);
}

// panel[k * V * kLanesOf<T> + r] = element k of row r, zero for r >= rows; load(r, k, n) gives the vector of
// elements k .. k + n - 1. The panel is written up to the next multiple of kLanesOf<T> behind depth.
template <int V, class T, class Load>
HWY_INLINE void pack_transposed(Size depth, Size rows, T* HWY_RESTRICT panel, const Load& load) {
    for (Size first = 0; first < V * kLanesOf<T>; first += kLanesOf<T>) {
        const Size full = first + kLanesOf<T> <= rows ? depth / kLanesOf<T> * kLanesOf<T> : 0;
        Size k = 0;
        for (; k < full; k += kLanesOf<T>)
            pack_block<V>(k, kLanesOf<T>, 0, kLanesOf<T>, panel + k * V * kLanesOf<T> + first,
                          [&](Size r, Size at, Size n) HWY_ATTR { return load(first + r, at, n); });
        for (; k < depth; k += kLanesOf<T>) {
            pack_block<V>(k, std::min<Size>(kLanesOf<T>, depth - k), first, rows,
                          panel + k * V * kLanesOf<T> + first, load);
        }
    }
}

template <int V, int N, class T = double>
using Sums = VectorOf<T>[N][V];

// sum + a b with the sum kept in its register. GCC likes to let a sum take over the register of a factor that
// is not needed any more, and in unrolled loops moves all sums back at the end of each turn, a move for every
// third multiply-add; no option of it prevents that. Moves cost nothing but their place in the issue, which
// is what these loops run out of first when another thread shares the core.
template <class T>
HWY_INLINE VectorOf<T> multiply_add(VectorOf<T> a, VectorOf<T> b, VectorOf<T> sum) {
#if HWY_COMPILER_GCC && !HWY_COMPILER_CLANG && HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    auto value = sum.raw;
    if constexpr (sizeof(T) == sizeof(double)) {
        asm("vfmadd231pd %2, %1, %0" : "+v"(value) : "v"(a.raw), "v"(b.raw));
    } else {
        asm("vfmadd231ps %2, %1, %0" : "+v"(value) : "v"(a.raw), "v"(b.raw));
    }
    return VectorOf<T>{value};
#else
    return hn::MulAdd(a, b, sum);
#endif
}

template <int V, int N, class T>
HWY_INLINE void step(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, Size ldb, Sums<V, N, T>& sums) {
    const TagOf<T> tag;
    VectorOf<T> panel[V];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) panel[v] = hn::LoadU(tag, a + v * kLanesOf<T>);
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        const VectorOf<T> factor = hn::Set(tag, b[t * ldb]);
        if constexpr (V == 1) {  // the broadcast is part of the multiply-add
            sums[t][0] = hn::MulAdd(panel[0], factor, sums[t][0]);
        } else {
            HWY_UNROLL(3)
            for (int v = 0; v < V; ++v) sums[t][v] = multiply_add<T>(panel[v], factor, sums[t][v]);
        }
    }
}

// body(k) for k = 0 .. depth - 1, kStepsAtOnce to a turn: counting is work, too.
constexpr Size kStepsAtOnce = 8;
template <class Body>
HWY_INLINE void for_steps(Size depth, const Body& body) {
    Size k = 0;
    for (; k + kStepsAtOnce <= depth; k += kStepsAtOnce) {
        HWY_UNROLL(8)
        for (Size u = 0; u < kStepsAtOnce; ++u) body(k + u);
    }
    for (; k < depth; ++k) body(k);
}

template <int V, int N, class T = double>
HWY_INLINE void clear(Sums<V, N, T>& sums) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) sums[t][v] = hn::Zero(TagOf<T>());
    }
}

// Terms of one partial sum: equal parts of count in whole turns of the loop, cut by count alone.
HWY_INLINE Size chunk_of(Size count, Size wanted) {
    const Size most = wanted > 0 ? std::min(wanted, machine::kL1Depth) : machine::kL1Depth;
    const Size chunks = std::max<Size>(1, (count + most - 1) / most);
    return std::clamp<Size>(round_up((count + chunks - 1) / chunks, kStepsAtOnce), 1, most);
}

// body(first, integral constant n) for tiles of kTileRows, then for what is left in smaller powers of two.
template <class Body>
HWY_INLINE void for_tiles(Size rows, const Body& body) {
    Size first = 0;
    for (; first + kTileRows <= rows; first += kTileRows)
        body(first, std::integral_constant<int, kTileRows>());
    if constexpr (kTileRows > 4) {
        if (first + 4 <= rows) body(first, std::integral_constant<int, 4>()), first += 4;
    }
    if (first + 2 <= rows) body(first, std::integral_constant<int, 2>()), first += 2;
    if (first < rows) body(first, std::integral_constant<int, 1>());
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_PANEL_INL
