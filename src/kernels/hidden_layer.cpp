#include "kernels/hidden_layer.hpp"

#include "kernels/blocking.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/hidden_layer.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/panel-inl.hpp"
#include "kernels/scratch.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// ---- preactivations: lanes across samples, a = a block of samples, b = rows of w, packed so that one step
// of a tile finds its factors side by side.

constexpr Size kGroupRows = 96;  // neurons that pass over a panel of samples at once, their weights in L2

constexpr Size kAhead = 8;  // steps

struct LayerBlock {
    const double* xt;  // where the panel comes from
    Size ldx;
    double* panel;
    Size depth, lanes;
    Size tile_size;  // of packed weights
    bool start;      // the first partial sum overwrites z
};

// A step that reads the samples where they lie and leaves them in the panel for the tiles to come: their way
// into the first-level cache hides behind the multiply-adds.
template <int V, int N>
HWY_INLINE void step_and_copy(const double* HWY_RESTRICT x, double* HWY_RESTRICT panel,
                              const double* HWY_RESTRICT w, Sums<V, N>& sums) {
    const Tag tag;
    Vector samples[V];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) {
        samples[v] = hn::LoadU(tag, x + v * kLanes);
        hn::Store(samples[v], tag, panel + v * kLanes);
    }
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        const Vector factor = hn::Set(tag, w[t]);
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) sums[t][v] = multiply_add<double>(samples[v], factor, sums[t][v]);
    }
}

template <int V, int N>
HWY_INLINE void put_sums(const LayerBlock& block, const Sums<V, N>& sums, double* z, Size ldz) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            double* const out = z + t * ldz + v * kLanes;
            const Size n = v + 1 < V ? kLanes : block.lanes - v * kLanes;
            if (block.start) {
                store_up_to(sums[t][v], out, n);
            } else {
                add_up_to(sums[t][v], out, n);
            }
        }
    }
}

template <int V, int N>
HWY_INLINE void put_whole_sums(bool start, const Sums<V, N>& sums, double* z, Size ldz) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            double* const out = z + t * ldz + v * kLanes;
            hn::StoreU(start ? sums[t][v] : hn::Add(hn::LoadU(Tag(), out), sums[t][v]), Tag(), out);
        }
    }
}

template <int V, int N, bool kCopy>
HWY_NOINLINE void layer_tile(const LayerBlock& block, const double* w, double* z, Size ldz) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    const Size depth = block.depth;
    double* const panel = block.panel;
    if constexpr (kCopy) {
        const double* const x = block.xt;
        const Size ldx = block.ldx;
        for_steps(depth, [&](Size j) HWY_ATTR {
            step_and_copy<V, N>(x + j * ldx, panel + j * V * kLanes, w + j * kTileRows, sums);
        });
    } else {
        for_steps(depth, [&](Size j) HWY_ATTR {
            // From L2; those of the next tile lie behind them.
            if constexpr (V == 3) __builtin_prefetch(w + (j + kAhead) * kTileRows);
            step<V, N>(panel + j * V * kLanes, w + j * kTileRows, 1, sums);
        });
    }
    if (block.lanes != V * kLanes) {
        put_sums<V, N>(block, sums, z, ldz);
    } else if (block.start) {
        put_whole_sums<V, N>(true, sums, z, ldz);
    } else {
        put_whole_sums<V, N>(false, sums, z, ldz);
    }
}

template <int V>
HWY_INLINE void copy_panel(const LayerBlock& block) {
    for (Size j = 0; j < block.depth; ++j) {
        for (Size v = 0; v < V; ++v) {
            const Size n = block.lanes - v * kLanes;
            hn::Store(load_up_to(block.xt + j * block.ldx + v * kLanes, n), Tag(),
                      block.panel + (j * V + v) * kLanes);
        }
    }
}

// All rows of a group over one panel of V vectors.
template <int V>
void layer_group(const LayerBlock& block, const double* packed, Size rows, double* z, Size ldz) {
    const bool whole = block.lanes == V * kLanes && rows >= kTileRows;
    if (!whole) copy_panel<V>(block);
    for_tiles(rows, [&](Size i, auto n) HWY_ATTR {
        constexpr int kRows = decltype(n)::value;
        const double* const w = packed + i / kTileRows * block.tile_size + i % kTileRows;
        if (kRows == kTileRows && whole && i == 0) {
            layer_tile<V, kRows, true>(block, w, z, ldz);
        } else {
            layer_tile<V, kRows, false>(block, w, z + i * ldz, ldz);
        }
    });
}

void layer(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz,
           const LayerBlocking& blocking) {
    const Size depth = chunk_of(x.d, blocking.depth);
    const Size groups = (m + kGroupRows - 1) / kGroupRows;
    const Size group = groups > 0 ? round_up((m + groups - 1) / groups, kTileRows) : 0;
    const Scratch<double> panel(kPanelLanes * depth);
    const Scratch<double> packed(group * round_up(depth, kLanes));
    for (Size i = 0; i < m; i += group) {
        const Size rows = std::min(group, m - i);
        for (Size j = 0; j < std::max<Size>(x.d, 1); j += depth) {
            const Size terms = std::min(depth, x.d - j);
            LayerBlock block{nullptr, x.ldx, panel.data(), terms, 0, kTileRows * round_up(terms, kLanes),
                             j == 0};
            for (Size t = 0; t < rows; t += kTileRows) {
                const double* const tile = w + (i + t) * ldw + j;
                pack_transposed<kTileRows / kLanes>(
                    block.depth, std::min<Size>(kTileRows, rows - t),
                    packed.data() + t / kTileRows * block.tile_size,
                    [&](Size r, Size k, Size n) HWY_ATTR { return load_up_to(tile + r * ldw + k, n); });
            }
            for (Size k = 0; k < x.count; k += kPanelLanes) {
                block.xt = x.xt + j * x.ldx + k;
                block.lanes = std::min<Size>(kPanelLanes, x.count - k);
                double* const to = z + i * ldz + k;
                if (block.lanes > 2 * kLanes) {
                    layer_group<3>(block, packed.data(), rows, to, ldz);
                } else if (block.lanes > kLanes) {
                    layer_group<2>(block, packed.data(), rows, to, ldz);
                } else {
                    layer_group<1>(block, packed.data(), rows, to, ldz);
                }
            }
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(layer);

void preactivations_blocked(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz,
                            const LayerBlocking& blocking) {
    TEPUI_DISPATCH(layer)(w, ldw, m, x, z, ldz, blocking);
}

void preactivations(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz) {
    preactivations_blocked(w, ldw, m, x, z, ldz, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
