// The weighted Gram with the vector lanes across the inputs j of the pairs (i, j), for few coefficient rows:
// a = the inputs transposed, b = rows c_q x_i, one per (i, q).
#if defined(TEPUI_KERNELS_GRAM_INPUTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_INPUTS_INL
#undef TEPUI_KERNELS_GRAM_INPUTS_INL
#else
#define TEPUI_KERNELS_GRAM_INPUTS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/gram_tile-inl.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr Size kInputDepth = 512;
constexpr Size kCoefficientStride = kInputDepth + 8;  // not a power of two, whole cache lines

// One chunk of samples and one block of columns [j0, j0 + kPanelLanes).
struct InputBlock {
    const GramProblem& problem;
    Size k0, depth, j0, q_count;
    const double* coefficients;  // rows of this chunk
    double* g;
};

// The (i, q) of one tile; rows i ascend, q fastest.
struct InputTile {
    TileFactors factors;
    Size i[kTileRows];
    Size q[kTileRows];
    Size rows;

    // Takes from flat index (i - first row) * q_count + q on; returns the next index.
    Size take(const InputBlock& block, Size first_row, Size flat, Size flat_end) {
        const GramProblem& problem = block.problem;
        for (rows = 0; rows < kTileRows && flat < flat_end; ++rows, ++flat) {
            i[rows] = first_row + flat / block.q_count;
            q[rows] = flat % block.q_count;
            factors.x[rows] = problem.xt + i[rows] * problem.ldx + block.k0;
            factors.y[rows] = block.coefficients + q[rows] * kCoefficientStride;
        }
        factors.complete(rows);
        if (rows == kTileRows) choose_form(block);
        return flat;
    }
    bool one_input() const { return i[0] == i[rows - 1]; }

  private:
    // Whole tiles whose inputs or coefficient rows follow each other need fewer loads.
    void choose_form(const InputBlock& block) {
        const Size ldx = block.problem.ldx;
        if (block.q_count == 1) {
            set_form(TileFactors::Form::common, factors.y[0], factors.x[0], ldx);
        } else if (i[0] == i[kTileRows - 1]) {
            set_form(TileFactors::Form::common, factors.x[0], factors.y[0], kCoefficientStride);
        } else if (block.q_count == 2) {  // the two rows y times inputs
            for (Size t = 0; t < kTileRows; ++t) std::swap(factors.x[t], factors.y[t]);
            factors.form = TileFactors::Form::block;
            factors.stride = ldx;
        } else if (block.q_count == kTileRows / 2) {  // two inputs times the rows: i fastest
            const Size first = i[0];
            for (Size t = 0; t < kTileRows; ++t) {
                i[t] = first + t % 2;
                q[t] = t / 2;
                factors.x[t] = block.problem.xt + i[t] * ldx + block.k0;
                factors.y[t] = block.coefficients + q[t] * kCoefficientStride;
            }
            factors.form = TileFactors::Form::block;
            factors.stride = kCoefficientStride;
        }
    }
    void set_form(TileFactors::Form form, const double* x, const double* y, Size stride) {
        factors.form = form;
        factors.x[0] = x;
        factors.y[0] = y;
        factors.stride = stride;
    }
};

// g of the pairs (i, j) of one row (i, q), j = j0 + lane, that lie in the range.
inline void add_input_row(const InputBlock& block, Size i, Size q, const double* sums) {
    const GramProblem& problem = block.problem;
    const Size base = triangle(i);
    const Size begin = std::max(block.j0, problem.pair_begin - base);
    const Size end = std::min({block.j0 + kPanelLanes, i + 1, problem.pair_end - base});
    double* out = block.g + base * problem.ldg + q;
    for (Size j = begin; j < end; ++j) out[j * problem.ldg] += sums[j - block.j0];
}

// The same for a tile of kLanes rows (i, q), (i, q + 1), ...: they are neighbours in g.
template <int V>
HWY_INLINE void add_input_lanes(const InputBlock& block, const InputTile& tile, Size first,
                                const Sums<V, kTileRows>& sums) {
    const GramProblem& problem = block.problem;
    const Size base = triangle(tile.i[first]);
    const Size begin = std::max(block.j0, problem.pair_begin - base);
    const Size end = std::min({block.j0 + V * kLanes, tile.i[first] + 1, problem.pair_end - base});
    double* const out = block.g + base * problem.ldg + tile.q[first];
    HWY_UNROLL(3)
    for (int v = 0; v < V; ++v) {
        Vector lanes[kLanes];
        HWY_UNROLL(8)
        for (int s = 0; s < kLanes; ++s) lanes[s] = sums[first + s][v];
        transpose(lanes);
        HWY_UNROLL(8)
        for (int s = 0; s < kLanes; ++s) {
            const Size j = block.j0 + v * kLanes + s;
            if (j >= begin && j < end) add_up_to(lanes[s], out + j * problem.ldg, kLanes);
        }
    }
}

template <int V, int N>
HWY_NOINLINE void input_tile(const InputBlock& block, const double* panel, double* ring,
                             const InputTile& tile) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    sum_products<V, N, kTileVectors>(block.depth, panel, tile.factors, ring, kRingMask, sums);
    if constexpr (N == kTileRows && kTileRows % kLanes == 0) {
        if (tile.rows == N && tile.one_input()) {
            HWY_UNROLL(4)
            for (int t = 0; t < N; t += kLanes) add_input_lanes<V>(block, tile, t, sums);
            return;
        }
    }
    HWY_ALIGN double out[N][V * kLanes];
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) hn::Store(sums[t][v], Tag(), out[t] + v * kLanes);
    }
    for (Size t = 0; t < tile.rows; ++t) add_input_row(block, tile.i[t], tile.q[t], out[t]);
}

template <int V>
HWY_INLINE void run_input_tile(const InputBlock& block, const double* panel, double* ring,
                               const InputTile& tile) {
    if (tile.rows > kTileRows / 2) {
        input_tile<V, kTileRows>(block, panel, ring, tile);
    } else {
        input_tile<V, kTileRows / 2>(block, panel, ring, tile);
    }
}

inline void pack_coefficients(const GramRow& row, Size k0, Size depth, double* out) {
    for (Size k = 0; k < depth; k += kLanes) {
        const Size n = std::min<Size>(kLanes, depth - k);
        const Vector left = load_up_to(row.left + k0 + k, n);
        const Vector c = row.right == nullptr ? left : hn::Mul(left, load_up_to(row.right + k0 + k, n));
        hn::Store(c, Tag(), out + k);
    }
}

// Up to kPanelLanes inputs, transposed.
HWY_NOINLINE void pack_inputs(const double* HWY_RESTRICT x, Size ldx, Size inputs, Size depth,
                              double* HWY_RESTRICT panel) {
    for (Size first = 0; first < kPanelLanes; first += kLanes) {
        const double* HWY_RESTRICT from = x + first * ldx;
        double* HWY_RESTRICT to = panel + first;
        const Size rows = std::min<Size>(kLanes, inputs - first);
        Size k = 0;
        if (rows == kLanes) {
            for (; k + kLanes <= depth; k += kLanes) {
                pack_block<kTileVectors>(k, kLanes, 0, kLanes, to + k * kPanelLanes,
                                         [&](Size s, Size at, Size)
                                             HWY_ATTR { return hn::LoadU(Tag(), from + s * ldx + at); });
            }
        }
        for (; k < depth; k += kLanes) {
            pack_block<kTileVectors>(k, std::min<Size>(kLanes, depth - k), 0, rows, to + k * kPanelLanes,
                                     [&](Size s, Size at, Size n)
                                         HWY_ATTR { return load_up_to(from + s * ldx + at, n); });
        }
    }
}

// Rows i >= j0 of one block of columns; near the diagonal fewer vectors hold all j <= i.
inline void gram_input_block(const InputBlock& block, double* panel, double* ring) {
    const GramProblem& problem = block.problem;
    const Size first_row = std::max(block.j0, row_of_pair(problem.pair_begin));
    const Size end_row = row_of_pair(problem.pair_end - 1) + 1;
    if (first_row >= end_row) return;
    const Size width = std::min<Size>(kPanelLanes, end_row - block.j0);
    pack_inputs(problem.xt + block.j0 * problem.ldx + block.k0, problem.ldx, width, block.depth, panel);
    const Size flat_end = (end_row - first_row) * block.q_count;
    InputTile tile;
    for (Size flat = 0; flat < flat_end;) {
        flat = tile.take(block, first_row, flat, flat_end);
        const Size lanes = std::min(width, tile.i[tile.rows - 1] + 1 - block.j0);
        if (lanes > 2 * kLanes) {
            run_input_tile<3>(block, panel, ring, tile);
        } else if (lanes > kLanes) {
            run_input_tile<2>(block, panel, ring, tile);
        } else {
            run_input_tile<1>(block, panel, ring, tile);
        }
    }
}

// q_count <= kTileRows.
inline void gram_by_inputs(const GramProblem& problem, const GramRow* rows, Size q_count, double* g,
                           const GramBlocking& blocking) {
    HWY_ALIGN double panel[kPanelLanes * kInputDepth];
    HWY_ALIGN double ring[2 * kProductBlock];
    HWY_ALIGN double coefficients[kTileRows * kCoefficientStride];
    const Size most = blocking.samples > 0 ? std::min(blocking.samples, kInputDepth) : kInputDepth;
    const Size depth = chunk_length(problem.count, most, kLanes);
    for (Size k0 = 0; k0 < problem.count; k0 += depth) {
        const Size length = std::min(depth, problem.count - k0);
        for (Size q = 0; q < q_count; ++q)
            pack_coefficients(rows[q], k0, length, coefficients + q * kCoefficientStride);
        const Size end = row_of_pair(problem.pair_end - 1) + 1;
        for (Size j0 = 0; j0 < end; j0 += kPanelLanes) {
            gram_input_block({problem, k0, length, j0, q_count, coefficients, g}, panel, ring);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_INPUTS_INL
