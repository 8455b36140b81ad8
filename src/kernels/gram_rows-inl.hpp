// The weighted Gram with the vector lanes across coefficient rows: a = the rows transposed, b = products x_i
// x_j.
#if defined(TEPUI_KERNELS_GRAM_ROWS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_ROWS_INL
#undef TEPUI_KERNELS_GRAM_ROWS_INL
#else
#define TEPUI_KERNELS_GRAM_ROWS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/panel-inl.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// The index pairs of one tile and where their sums go.
struct PairTile {
    TileFactors factors;
    double* g[kTileRows];

    void take(PairWalk& walk, const GramProblem& problem, Size k0, double* out) {
        Size n = 0;
        for (; n < kTileRows && !walk.done(); ++n, walk.next()) {
            factors.x[n] = problem.xt + walk.i() * problem.ldx + k0;
            factors.y[n] = problem.xt + walk.j() * problem.ldx + k0;
            g[n] = out + walk.pair() * problem.ldg;
        }
        factors.rows = n;
        if (n == 0) return;
        for (Size t = n; t < kTileRows; ++t) {  // computed and dropped
            factors.x[t] = factors.x[0];
            factors.y[t] = factors.y[0];
        }
    }
};

template <int V, int N>
HWY_NOINLINE void gram_tile(Size depth, const double* panel, const double* b, const PairTile& tile,
                            Size q_count, const TileFactors* next, double* next_rows) {
    for (Size t = 0; t < tile.factors.rows; ++t) {
        for (int v = 0; v < V; ++v) __builtin_prefetch(tile.g[t] + v * kLanes, 1);
    }
    Sums<V, N> sums;
    clear<V, N>(sums);
    accumulate<V, N, V>(depth, panel, b, kRowStride, sums, next, next_rows);
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        if (t < tile.factors.rows) {
            HWY_UNROLL(3)
            for (int v = 0; v < V; ++v) add_up_to(sums[t][v], tile.g[t] + v * kLanes, q_count - v * kLanes);
        }
    }
}

template <int V>
HWY_INLINE void gram_any_tile(Size depth, const double* panel, const double* b, const PairTile& tile,
                              Size q_count, const TileFactors* next, double* next_rows) {
    if (tile.factors.rows > kTileRows / 2) {
        gram_tile<V, kTileRows>(depth, panel, b, tile, q_count, next, next_rows);
    } else if (tile.factors.rows > kTileRows / 4) {
        gram_tile<V, kTileRows / 2>(depth, panel, b, tile, q_count, next, next_rows);
    } else {
        gram_tile<V, kTileRows / 4>(depth, panel, b, tile, q_count, next, next_rows);
    }
}

template <int V>
void gram_rows_chunk(const GramProblem& problem, const GramRow* rows, Size q_count, double* g, Size k0,
                     double* panel, double* (&tile_rows)[2]) {
    const Size depth = std::min(problem.depth, problem.count - k0);
    pack_transposed<V>(depth, q_count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
        const Vector left = load_up_to(rows[q].left + k0 + k, n);
        return rows[q].right == nullptr ? left : hn::Mul(left, load_up_to(rows[q].right + k0 + k, n));
    });
    PairWalk walk(problem);
    PairTile tiles[2];
    tiles[0].take(walk, problem, k0, g);
    build_rows(tiles[0].factors, depth, tile_rows[0]);
    for (int now = 0; tiles[now].factors.rows > 0; now ^= 1) {
        PairTile& next = tiles[now ^ 1];
        next.take(walk, problem, k0, g);
        gram_any_tile<V>(depth, panel, tile_rows[now], tiles[now], q_count,
                         next.factors.rows > 0 ? &next.factors : nullptr, tile_rows[now ^ 1]);
    }
}

// q_count <= kPanelLanes.
inline void gram_by_rows(const GramProblem& problem, const GramRow* rows, Size q_count, double* g) {
    HWY_ALIGN double panel[kPanelLanes * kMaxDepth];
    HWY_ALIGN double scratch[2][kTileRows * kRowStride];
    double* tile_rows[2] = {scratch[0], scratch[1]};
    for (Size k0 = 0; k0 < problem.count; k0 += problem.depth) {
        if (q_count > 2 * kLanes) {
            gram_rows_chunk<3>(problem, rows, q_count, g, k0, panel, tile_rows);
        } else if (q_count > kLanes) {
            gram_rows_chunk<2>(problem, rows, q_count, g, k0, panel, tile_rows);
        } else {
            gram_rows_chunk<1>(problem, rows, q_count, g, k0, panel, tile_rows);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_ROWS_INL
