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

// The index pairs of one tile and where their sums go; null for what is computed and dropped.
struct PairTile {
    TileFactors factors;
    double* g[kTileRows];

    void take(RowWalk& walk, Size& j, const GramProblem& problem, Size k0, double* out) {
        Size n = 0;
        while (n < kTileRows && !walk.done()) {  // the pairs (i, j .. j + run - 1)
            const Size run = std::min(kTileRows - n, walk.end() - j);
            const double* const x = problem.xt + walk.i() * problem.ldx + k0;
            const double* y = problem.xt + j * problem.ldx + k0;
            double* to = out + (triangle(walk.i()) + j) * problem.ldg;
            for (const Size end = n + run; n < end; ++n, y += problem.ldx, to += problem.ldg) {
                factors.x[n] = x;
                factors.y[n] = y;
                g[n] = to;
            }
            j += run;
            if (j < walk.end()) break;
            walk.next();
            j = walk.begin();
        }
        for (Size t = n; t < kTileRows; ++t) g[t] = nullptr;
        factors.rows = n;
        factors.fill_up();
        const bool one_row = n == kTileRows && factors.x[0] == factors.x[n - 1] &&
                             factors.y[n - 1] == factors.y[0] + (n - 1) * problem.ldx;
        factors.common = one_row ? factors.x[0] : nullptr;
        factors.first = factors.y[0];
        factors.stride = problem.ldx;
    }
};

// One chunk of samples of one group of at most kPanelLanes coefficient rows.
struct RowChunk {
    const GramProblem& problem;
    Size k0, depth, q_count;
    double* g;
    const double* panel;
};

template <int V, int N>
HWY_NOINLINE void gram_tile(Size depth, Size q_count, const double* panel, const double* b, Size ldb,
                            double* const* g, const TileFactors* next, double* next_rows) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) __builtin_prefetch(g[t] + v * kLanes, 1);
    }
    Sums<V, N> sums;
    clear<V, N>(sums);
    accumulate<V, N, V>(depth, panel, b, ldb, sums, next, next_rows);
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        if (g[t] == nullptr) continue;
        HWY_UNROLL(3)
        for (int v = 0; v + 1 < V; ++v) add_up_to(sums[t][v], g[t] + v * kLanes, kLanes);
        add_up_to(sums[t][V - 1], g[t] + (V - 1) * kLanes, q_count - (V - 1) * kLanes);
    }
}

// Pairs whose products x_i x_j are formed: rows i < fold.
template <int V>
void gram_products(const RowChunk& chunk, Size pair_begin, Size pair_end, double* const (&tile_rows)[2]) {
    const GramProblem& problem = chunk.problem;
    RowWalk walk(pair_begin, pair_end, problem.inputs);
    Size j = walk.begin();
    PairTile tiles[2];
    tiles[0].take(walk, j, problem, chunk.k0, chunk.g);
    if (tiles[0].factors.rows > 0) build_rows(tiles[0].factors, chunk.depth, tile_rows[0]);
    for (int now = 0; tiles[now].factors.rows > 0; now ^= 1) {
        const PairTile& tile = tiles[now];
        PairTile& next = tiles[now ^ 1];
        next.take(walk, j, problem, chunk.k0, chunk.g);
        const TileFactors* build = next.factors.rows > 0 ? &next.factors : nullptr;
        const auto run = tile.factors.rows > kTileRows / 2   ? gram_tile<V, kTileRows>
                         : tile.factors.rows > kTileRows / 4 ? gram_tile<V, kTileRows / 2>
                                                             : gram_tile<V, kTileRows / 4>;
        run(chunk.depth, chunk.q_count, chunk.panel, tile_rows[now], kRowStride, tile.g, build,
            tile_rows[now ^ 1]);
    }
}

// scaled = panel with step k multiplied by x[k].
template <int V>
HWY_INLINE void scale_panel(Size depth, const double* HWY_RESTRICT panel, const double* HWY_RESTRICT x,
                            double* HWY_RESTRICT scaled) {
    const Tag tag;
    for (Size k = 0; k < depth; ++k) {
        const Vector factor = hn::Set(tag, x[k]);
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            const Size at = (k * V + v) * kLanes;
            hn::Store(hn::Mul(hn::Load(tag, panel + at), factor), tag, scaled + at);
        }
    }
}

// Rows i >= fold are long: x_i goes into the panel once, and the x_j are used where they lie.
template <int V>
void gram_folded(const RowChunk& chunk, Size pair_begin, Size pair_end, double* scaled) {
    const GramProblem& problem = chunk.problem;
    const double* const xt = problem.xt + chunk.k0;
    for (RowWalk row(pair_begin, pair_end, problem.inputs); !row.done(); row.next()) {
        scale_panel<V>(chunk.depth, chunk.panel, xt + row.i() * problem.ldx, scaled);
        double* const row_g = chunk.g + triangle(row.i()) * problem.ldg;
        for (Size j = row.begin(); j < row.end(); j += kTileRows) {
            const Size n = std::min<Size>(kTileRows, row.end() - j);
            const Size tile = n > kTileRows / 2   ? kTileRows
                              : n > kTileRows / 4 ? kTileRows / 2
                                                  : kTileRows / 4;
            const auto run = tile == kTileRows       ? gram_tile<V, kTileRows>
                             : tile == kTileRows / 2 ? gram_tile<V, kTileRows / 2>
                                                     : gram_tile<V, kTileRows / 4>;
            // A tile wider than what is left starts earlier: the inputs before j exist, those behind d do
            // not.
            const Size start = std::max<Size>(0, j + n - tile);
            double* g[kTileRows];
            for (Size t = 0; t < tile; ++t) {
                const bool wanted = start + t >= j && start + t < j + n;
                g[t] = wanted ? row_g + (start + t) * problem.ldg : nullptr;
            }
            run(chunk.depth, chunk.q_count, scaled, xt + start * problem.ldx, problem.ldx, g, nullptr,
                nullptr);
        }
    }
}

template <int V>
void gram_rows_chunks(const GramProblem& problem, const GramRow* rows, Size q_count, double* g) {
    HWY_ALIGN double panel[V * kLanes * kMaxDepth];
    HWY_ALIGN double scaled[V * kLanes * kMaxDepth];
    HWY_ALIGN double scratch[2][kTileRows * kRowStride];
    double* const tile_rows[2] = {scratch[0], scratch[1]};
    // Below kTileRows inputs there may be no x_j to fill a folded tile with.
    const Size fold = triangle(std::max<Size>(problem.fold, kTileRows));
    for (Size k0 = 0; k0 < problem.count; k0 += problem.depth) {
        const Size depth = std::min(problem.depth, problem.count - k0);
        pack_transposed<V>(depth, q_count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
            const Vector left = load_up_to(rows[q].left + k0 + k, n);
            return rows[q].right == nullptr ? left : hn::Mul(left, load_up_to(rows[q].right + k0 + k, n));
        });
        const RowChunk chunk{problem, k0, depth, q_count, g, panel};
        gram_products<V>(chunk, problem.pair_begin, std::min(problem.pair_end, fold), tile_rows);
        gram_folded<V>(chunk, std::max(problem.pair_begin, fold), problem.pair_end, scaled);
    }
}

// q_count <= kPanelLanes.
inline void gram_by_rows(const GramProblem& problem, const GramRow* rows, Size q_count, double* g) {
    if (q_count > 2 * kLanes) {
        gram_rows_chunks<3>(problem, rows, q_count, g);
    } else if (q_count > kLanes) {
        gram_rows_chunks<2>(problem, rows, q_count, g);
    } else {
        gram_rows_chunks<1>(problem, rows, q_count, g);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_ROWS_INL
