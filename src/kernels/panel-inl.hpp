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

#include "core/sizes.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<double>;
using Vector = hn::Vec<Tag>;

constexpr int kLanes = HWY_LANES(double);
constexpr int kTileVectors = 3;
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kTileRows = 8;  // 24 sums, 3 panel vectors and a broadcast out of 32 registers
#else
constexpr int kTileRows = 4;  // 12 sums, 3 panel vectors and a broadcast out of 16 registers
#endif
constexpr int kPanelLanes = kTileVectors * kLanes;
constexpr Size kMaxDepth = 256;  // terms of one partial sum: a panel is about the size of L1

// The first n < kLanes elements; nothing behind them is read or written.
HWY_INLINE Vector load_partial(const double* p, Size n) {
    const Tag tag;
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    return hn::MaskedLoad(hn::FirstN(tag, static_cast<size_t>(n)), tag, p);
#else
    HWY_ALIGN double lanes[kLanes] = {};
    for (Size l = 0; l < n; ++l) lanes[l] = p[l];
    return hn::Load(tag, lanes);
#endif
}

HWY_INLINE void store_partial(Vector value, double* p, Size n) {
    const Tag tag;
#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    hn::BlendedStore(value, hn::FirstN(tag, static_cast<size_t>(n)), tag, p);
#else
    HWY_ALIGN double lanes[kLanes];
    hn::Store(value, tag, lanes);
    for (Size l = 0; l < n; ++l) p[l] = lanes[l];
#endif
}

HWY_INLINE Vector load_up_to(const double* p, Size n) {
    return n >= kLanes ? hn::LoadU(Tag(), p) : load_partial(p, n);
}

HWY_INLINE void add_up_to(Vector value, double* p, Size n) {
    if (n >= kLanes) {
        hn::StoreU(hn::Add(hn::LoadU(Tag(), p), value), Tag(), p);
    } else if (n > 0) {
        store_partial(hn::Add(load_partial(p, n), value), p, n);
    }
}

HWY_INLINE void store_up_to(Vector value, double* p, Size n) {
    if (n >= kLanes) {
        hn::StoreU(value, Tag(), p);
    } else if (n > 0) {
        store_partial(value, p, n);
    }
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

template <int V, class Load>
HWY_INLINE void pack_block(Size k, Size n, Size first, Size rows, double* HWY_RESTRICT out,
                           const Load& load) {
    const Tag tag;
    Vector block[kLanes];
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) block[s] = first + s < rows ? load(first + s, k, n) : hn::Zero(tag);
    transpose(block);
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) hn::Store(block[s], tag, out + s * V * kLanes);
}

// panel[k * V * kLanes + r] = element k of row r, zero for r >= rows; load(r, k, n) gives the vector of
// elements k .. k + n - 1. The panel is written up to the next multiple of kLanes behind depth.
template <int V, class Load>
HWY_INLINE void pack_transposed(Size depth, Size rows, double* HWY_RESTRICT panel, const Load& load) {
    for (Size first = 0; first < V * kLanes; first += kLanes) {
        const Size full = first + kLanes <= rows ? depth / kLanes * kLanes : 0;
        Size k = 0;
        for (; k < full; k += kLanes)
            pack_block<V>(k, kLanes, 0, kLanes, panel + k * V * kLanes + first,
                          [&](Size r, Size at, Size n) HWY_ATTR { return load(first + r, at, n); });
        for (; k < depth; k += kLanes) {
            pack_block<V>(k, std::min<Size>(kLanes, depth - k), first, rows, panel + k * V * kLanes + first,
                          load);
        }
    }
}

template <int V, int N>
using Sums = Vector[N][V];

// sum + a b with the sum kept in its register. GCC likes to let a sum take over the register of a factor that
// is not needed any more, and in unrolled loops moves all sums back at the end of each turn, a move for every
// third multiply-add; no option of it prevents that. Moves cost nothing but their place in the issue, which
// is what these loops run out of first when another thread shares the core.
HWY_INLINE Vector multiply_add(Vector a, Vector b, Vector sum) {
#if HWY_COMPILER_GCC && !HWY_COMPILER_CLANG && HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    auto value = sum.raw;
    asm("vfmadd231pd %2, %1, %0" : "+v"(value) : "v"(a.raw), "v"(b.raw));
    return Vector{value};
#else
    return hn::MulAdd(a, b, sum);
#endif
}

template <int V, int N>
HWY_INLINE void step(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, Size ldb, Sums<V, N>& sums) {
    const Tag tag;
    Vector panel[V];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) panel[v] = hn::LoadU(tag, a + v * kLanes);
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        const Vector factor = hn::Set(tag, b[t * ldb]);
        if constexpr (V == 1) {  // the broadcast is part of the multiply-add
            sums[t][0] = hn::MulAdd(panel[0], factor, sums[t][0]);
        } else {
            HWY_UNROLL(3)
            for (int v = 0; v < V; ++v) sums[t][v] = multiply_add(panel[v], factor, sums[t][v]);
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

template <int V, int N>
HWY_INLINE void clear(Sums<V, N>& sums) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) sums[t][v] = hn::Zero(Tag());
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_PANEL_INL
