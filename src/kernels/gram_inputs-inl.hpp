// The weighted Gram with the vector lanes across the inputs j of the pairs (i, j), for few coefficient rows:
// a = the inputs transposed, b = rows c_q x_i, one per (i, q).
#if defined(TEPUI_KERNELS_GRAM_INPUTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_INPUTS_INL
#undef TEPUI_KERNELS_GRAM_INPUTS_INL
#else
#define TEPUI_KERNELS_GRAM_INPUTS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/panel-inl.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// One chunk of samples and one block of columns [j0, j0 + kPanelLanes).
struct InputBlock {
    const GramProblem& problem;
    Size k0, depth, j0, q_count;
    const double* coefficients;  // rows of this chunk, stride kRowStride
    double* g;
};

// The (i, q) of one tile; rows i ascend, q fastest.
struct InputTile {
    TileFactors factors;
    Size i[kTileRows];
    Size q[kTileRows];

    // Takes from flat index (i - first row) * q_count + q on; returns the next index.
    Size take(const InputBlock& block, Size first_row, Size flat, Size flat_end) {
        const GramProblem& problem = block.problem;
        Size n = 0;
        for (; n < kTileRows && flat < flat_end; ++n, ++flat) {
            i[n] = first_row + flat / block.q_count;
            q[n] = flat % block.q_count;
            factors.x[n] = problem.xt + i[n] * problem.ldx + block.k0;
            factors.y[n] = block.coefficients + q[n] * kRowStride;
        }
        factors.rows = n;
        factors.fill_up();
        factors.common = nullptr;
        if (n == kTileRows && block.q_count == 1) {
            factors.common = factors.y[0];
            factors.first = factors.x[0];
            factors.stride = problem.ldx;
        } else if (n == kTileRows && i[0] == i[n - 1]) {
            factors.common = factors.x[0];
            factors.first = factors.y[0];
            factors.stride = kRowStride;
        }
        return flat;
    }
};

// g of the pairs (i, j), j = j0 + lane, that lie in the range.
inline void add_input_row(const InputBlock& block, Size i, Size q, const double* sums) {
    const GramProblem& problem = block.problem;
    const Size base = triangle(i);
    const Size begin = std::max(block.j0, problem.pair_begin - base);
    const Size end = std::min({block.j0 + kPanelLanes, i + 1, problem.pair_end - base});
    double* out = block.g + base * problem.ldg + q;
    for (Size j = begin; j < end; ++j) out[j * problem.ldg] += sums[j - block.j0];
}

template <int V, int N>
HWY_NOINLINE void input_tile(const InputBlock& block, const double* panel, const double* b,
                             const InputTile& tile, const TileFactors* next, double* next_rows) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    accumulate<V, N, kTileVectors>(block.depth, panel, b, kRowStride, sums, next, next_rows);
    HWY_ALIGN double out[N][V * kLanes];
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) hn::Store(sums[t][v], Tag(), out[t] + v * kLanes);
    }
    for (Size t = 0; t < tile.factors.rows; ++t) add_input_row(block, tile.i[t], tile.q[t], out[t]);
}

template <int V>
HWY_INLINE void input_any_tile(const InputBlock& block, const double* panel, const double* b,
                               const InputTile& tile, const TileFactors* next, double* next_rows) {
    if (tile.factors.rows > kTileRows / 2) {
        input_tile<V, kTileRows>(block, panel, b, tile, next, next_rows);
    } else {
        input_tile<V, kTileRows / 2>(block, panel, b, tile, next, next_rows);
    }
}

// Rows i >= j0 of one block of columns; near the diagonal fewer vectors hold all j <= i.
inline void gram_input_block(const InputBlock& block, double* panel,
                             double (&tile_rows)[2][kTileRows * kRowStride]) {
    const GramProblem& problem = block.problem;
    const Size first_row = std::max(block.j0, row_of_pair(problem.pair_begin));
    const Size end_row = row_of_pair(problem.pair_end - 1) + 1;
    if (first_row >= end_row) return;
    const Size width = std::min<Size>(kPanelLanes, end_row - block.j0);
    pack_transposed<kTileVectors>(block.depth, width, panel, [&](Size j, Size k, Size n) HWY_ATTR {
        return load_up_to(problem.xt + (block.j0 + j) * problem.ldx + block.k0 + k, n);
    });
    const Size flat_end = (end_row - first_row) * block.q_count;
    InputTile tiles[2];
    Size flat = tiles[0].take(block, first_row, 0, flat_end);
    build_rows(tiles[0].factors, block.depth, tile_rows[0]);
    for (int now = 0; tiles[now].factors.rows > 0; now ^= 1) {
        const InputTile& tile = tiles[now];
        InputTile& next = tiles[now ^ 1];
        flat = next.take(block, first_row, flat, flat_end);
        const TileFactors* build = next.factors.rows > 0 ? &next.factors : nullptr;
        const Size lanes = std::min(width, tile.i[tile.factors.rows - 1] + 1 - block.j0);
        if (lanes > 2 * kLanes) {
            input_any_tile<3>(block, panel, tile_rows[now], tile, build, tile_rows[now ^ 1]);
        } else if (lanes > kLanes) {
            input_any_tile<2>(block, panel, tile_rows[now], tile, build, tile_rows[now ^ 1]);
        } else {
            input_any_tile<1>(block, panel, tile_rows[now], tile, build, tile_rows[now ^ 1]);
        }
    }
}

// q_count <= kTileRows.
inline void gram_by_inputs(const GramProblem& problem, const GramRow* rows, Size q_count, double* g) {
    HWY_ALIGN double panel[kPanelLanes * kMaxDepth];
    HWY_ALIGN double tile_rows[2][kTileRows * kRowStride];
    HWY_ALIGN double coefficients[kTileRows * kRowStride];
    for (Size k0 = 0; k0 < problem.count; k0 += problem.depth) {
        const Size depth = std::min(problem.depth, problem.count - k0);
        for (Size q = 0; q < q_count; ++q) {
            double* const row = coefficients + q * kRowStride;
            if (rows[q].right == nullptr) {
                std::copy_n(rows[q].left + k0, depth, row);
            } else {
                multiply_rest(rows[q].left + k0, rows[q].right + k0, row, 0, depth);
            }
        }
        const Size end = row_of_pair(problem.pair_end - 1) + 1;
        for (Size j0 = 0; j0 < end; j0 += kPanelLanes) {
            gram_input_block({problem, k0, depth, j0, q_count, coefficients, g}, panel, tile_rows);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_INPUTS_INL
