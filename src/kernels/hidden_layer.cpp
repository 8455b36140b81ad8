#include "kernels/hidden_layer.hpp"

#include "kernels/blocking.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/hidden_layer.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Terms of one partial sum: equal parts of count in whole turns of the loop, cut by count alone.
Size chunk_of(Size count, Size wanted) {
    const Size most = wanted > 0 ? std::min(wanted, kMaxDepth) : kMaxDepth;
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

// ---- preactivations: lanes across samples, a = a block of samples, b = rows of w, packed so that one step
// of a tile finds its factors side by side.

constexpr Size kGroupRows = 96;  // neurons that pass over a panel of samples at once, their weights in L2
constexpr Size kGroupTiles = kGroupRows / kTileRows;

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

void layer(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count, double* z,
           Size ldz, const LayerBlocking& blocking) {
    HWY_ALIGN double panel[kPanelLanes * kMaxDepth];
    HWY_ALIGN double packed[kGroupTiles * kTileRows * kMaxDepth];
    const Size depth = chunk_of(d, blocking.depth);
    const Size groups = (m + kGroupRows - 1) / kGroupRows;
    const Size group = groups > 0 ? round_up((m + groups - 1) / groups, kTileRows) : 0;
    for (Size i = 0; i < m; i += group) {
        const Size rows = std::min(group, m - i);
        for (Size j = 0; j < std::max<Size>(d, 1); j += depth) {
            const Size terms = std::min(depth, d - j);
            LayerBlock block{nullptr, ldx, panel, terms, 0, kTileRows * round_up(terms, kLanes), j == 0};
            for (Size t = 0; t < rows; t += kTileRows) {
                const double* const tile = w + (i + t) * ldw + j;
                pack_transposed<kTileRows / kLanes>(
                    block.depth, std::min<Size>(kTileRows, rows - t),
                    packed + t / kTileRows * block.tile_size,
                    [&](Size r, Size k, Size n) HWY_ATTR { return load_up_to(tile + r * ldw + k, n); });
            }
            for (Size k = 0; k < count; k += kPanelLanes) {
                block.xt = xt + j * ldx + k;
                block.lanes = std::min<Size>(kPanelLanes, count - k);
                double* const to = z + i * ldz + k;
                if (block.lanes > 2 * kLanes) {
                    layer_group<3>(block, packed, rows, to, ldz);
                } else if (block.lanes > kLanes) {
                    layer_group<2>(block, packed, rows, to, ldz);
                } else {
                    layer_group<1>(block, packed, rows, to, ldz);
                }
            }
        }
    }
}

// ---- weighted sums: lanes across rows, a = the rows transposed, b = inputs.

// out[(v * kLanes + lane) * ldo + t] += sums[t][v], rows < q_count.
template <int V, int N>
HWY_INLINE void add_transposed(const Sums<V, N>& sums, double* out, Size ldo, Size q_count) {
    if constexpr (N % kLanes == 0) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            HWY_UNROLL(8)
            for (int t = 0; t < N; t += kLanes) {
                Vector block[kLanes];
                HWY_UNROLL(8)
                for (int s = 0; s < kLanes; ++s) block[s] = sums[t + s][v];
                transpose(block);
                HWY_UNROLL(8)
                for (int s = 0; s < kLanes; ++s) {
                    const Size q = v * kLanes + s;
                    if (q < q_count) add_up_to(block[s], out + q * ldo + t, kLanes);
                }
            }
        }
    } else {
        HWY_ALIGN double lanes[V * kLanes];
        for (int t = 0; t < N; ++t) {
            for (int v = 0; v < V; ++v) hn::Store(sums[t][v], Tag(), lanes + v * kLanes);
            for (Size q = 0; q < q_count; ++q) out[q * ldo + t] += lanes[q];
        }
    }
}

template <int V, int N>
HWY_NOINLINE void sums_tile(Size depth, const double* panel, const double* xt, Size ldx, double* out,
                            Size ldo, Size q_count) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    for_steps(depth, [&](Size k) HWY_ATTR { step<V, N>(panel + k * V * kLanes, xt + k, ldx, sums); });
    add_transposed<V, N>(sums, out, ldo, q_count);
}

template <int V>
void sums_group(const double* rows, Size ldr, Size q_count, Size d, const double* xt, Size ldx, Size count,
                Size chunk, double* out, Size ldo) {
    HWY_ALIGN double panel[V * kLanes * kMaxDepth];
    for (Size k0 = 0; k0 < count; k0 += chunk) {
        const Size depth = std::min(chunk, count - k0);
        pack_transposed<V>(depth, q_count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
            return load_up_to(rows + q * ldr + k0 + k, n);
        });
        for_tiles(d, [&](Size j, auto n) HWY_ATTR {
            sums_tile<V, decltype(n)::value>(depth, panel, xt + j * ldx + k0, ldx, out + j, ldo, q_count);
        });
    }
}

// Fewer rows than lanes: lanes across samples, N inputs at a time.
template <int N>
HWY_NOINLINE void dot_tile(const double* row, const double* xt, Size ldx, Size count, double* out) {
    const Tag tag;
    Vector sums[2][N];
    HWY_UNROLL(4)
    for (int t = 0; t < N; ++t) sums[0][t] = sums[1][t] = hn::Zero(tag);
    Size k = 0;
    for (; k + 2 * kLanes <= count; k += 2 * kLanes) {
        HWY_UNROLL(2)
        for (int u = 0; u < 2; ++u) {
            const Vector c = hn::LoadU(tag, row + k + u * kLanes);
            HWY_UNROLL(4)
            for (int t = 0; t < N; ++t) {
                sums[u][t] = hn::MulAdd(c, hn::LoadU(tag, xt + t * ldx + k + u * kLanes), sums[u][t]);
            }
        }
    }
    for (; k < count; k += kLanes) {
        const Size n = std::min<Size>(kLanes, count - k);
        const Vector c = load_up_to(row + k, n);
        HWY_UNROLL(4)
        for (int t = 0; t < N; ++t) sums[0][t] = hn::MulAdd(c, load_up_to(xt + t * ldx + k, n), sums[0][t]);
    }
    HWY_UNROLL(4)
    for (int t = 0; t < N; ++t) out[t] += hn::GetLane(hn::SumOfLanes(tag, hn::Add(sums[0][t], sums[1][t])));
}

void sums(const double* rows, Size ldr, Size q_count, Size d, const double* xt, Size ldx, Size count,
          double* out, Size ldo, const LayerBlocking& blocking) {
    const Size chunk = chunk_of(count, blocking.depth);
    Size q = 0;
    while (q < q_count) {
        const Size rest = q_count - q;
        const double* const group = rows + q * ldr;
        double* const to = out + q * ldo;
        if (rest > 2 * kLanes) {
            sums_group<3>(group, ldr, std::min<Size>(rest, 3 * kLanes), d, xt, ldx, count, chunk, to, ldo);
            q += 3 * kLanes;
        } else if (rest > kLanes) {
            sums_group<2>(group, ldr, rest, d, xt, ldx, count, chunk, to, ldo);
            q += rest;
        } else if (rest > kLanes / 2) {
            sums_group<1>(group, ldr, rest, d, xt, ldx, count, chunk, to, ldo);
            q += rest;
        } else {
            Size j = 0;
            for (; j + 4 <= d; j += 4) dot_tile<4>(group, xt + j * ldx, ldx, count, to + j);
            for (; j < d; ++j) dot_tile<1>(group, xt + j * ldx, ldx, count, to + j);
            ++q;
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(layer);
HWY_EXPORT(sums);

void preactivations_blocked(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                            double* z, Size ldz, const LayerBlocking& blocking) {
    TEPUI_DISPATCH(layer)(w, ldw, m, d, xt, ldx, count, z, ldz, blocking);
}

void weighted_sums_blocked(const double* rows, Size ldr, Size q_count, Size d, const double* xt, Size ldx,
                           Size count, double* out, Size ldo, const LayerBlocking& blocking) {
    TEPUI_DISPATCH(sums)(rows, ldr, q_count, d, xt, ldx, count, out, ldo, blocking);
}

void preactivations(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                    double* z, Size ldz) {
    preactivations_blocked(w, ldw, m, d, xt, ldx, count, z, ldz, {});
}

void weighted_sums(const double* rows, Size ldr, Size q_count, Size d, const double* xt, Size ldx, Size count,
                   double* out, Size ldo) {
    weighted_sums_blocked(rows, ldr, q_count, d, xt, ldx, count, out, ldo, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
