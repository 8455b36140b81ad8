// The weighted Gram with the vector lanes across coefficient rows, for many rows: groups of up to kPanelLanes
// rows, a few groups to a batch that shares its products x_i x_j.
#if defined(TEPUI_KERNELS_GRAM_ROWS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_ROWS_INL
#undef TEPUI_KERNELS_GRAM_ROWS_INL
#else
#define TEPUI_KERNELS_GRAM_ROWS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/gram_tile-inl.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// A batch's panels, its products and the samples they meet stay in L2; the products of a shared tile in L1.
constexpr Size kTileColumns = kTileRows / 2;
constexpr int kBatchGroups = 4;
constexpr Size kLoneDepth = 512;
constexpr Size kLongDepth = 1024;  // where each chunk sweeps through an output that leaves every cache
constexpr Size kLongOutput = Size{1} << 21;
constexpr Size kSharedDepth = 256;
constexpr Size kPanelSize = kPanelLanes * std::max(kLongDepth, kBatchGroups* kSharedDepth);

struct RowGroup {
    const double* panel;
    Size q, q_count;

    int vectors() const { return static_cast<int>((q_count + kLanes - 1) / kLanes); }
};

// One chunk of samples of the groups of a batch.
struct RowBatch {
    const GramProblem& problem;
    Size k0, depth, block;
    Size fold;  // first row i whose x_i is multiplied into the panels
    double* g;
    RowGroup groups[kBatchGroups];
    int group_count;

    // Of row i, the columns in whole tiles: where i is folded, from column 0 on; else those of two rows i, i
    // + 1 that lie in the range altogether.
    Size whole(Size i) const {
        if (i >= fold) return (i + 1) / kTileRows * kTileRows;
        const Size even = i / 2 * 2;
        const bool inside = triangle(even) >= problem.pair_begin && triangle(even + 2) <= problem.pair_end;
        return inside && even + 1 < fold ? (even + 1) / kTileColumns * kTileColumns : 0;
    }
    double* at(Size i, Size j) const { return g + (triangle(i) + j) * problem.ldg; }
    const double* x(Size i) const { return problem.xt + i * problem.ldx + k0; }
};

// The index pairs of one tile and where their sums go.
struct PairTile {
    TileFactors factors;
    double* g[kTileRows];
    Size pairs;

    // Rows i, i + 1 and columns j .. j + kTileColumns - 1.
    void take_block(const RowBatch& batch, Size i, Size j) {
        pairs = kTileRows;
        for (Size t = 0; t < kTileRows; ++t) put(batch, t, i + t % 2, j + t / 2);
        factors.form = TileFactors::Form::block;
        factors.stride = batch.problem.ldx;
    }

    // The next pairs of the walk from column j on.
    template <class Walk>
    void take(const RowBatch& batch, Walk& walk, Size& j) {
        pairs = 0;
        while (pairs < kTileRows && !walk.done()) {
            for (; pairs < kTileRows && j < walk.end(); ++pairs, ++j) put(batch, pairs, walk.i(), j);
            if (j < walk.end()) break;
            walk.next();
            j = walk.begin();
        }
        for (Size t = pairs; t < kTileRows; ++t) g[t] = nullptr;
        factors.complete(pairs);
    }

  private:
    void put(const RowBatch& batch, Size t, Size i, Size j) {
        factors.x[t] = batch.x(i);
        factors.y[t] = batch.x(j);
        g[t] = batch.at(i, j);
    }
};

// body(integral constant) with the number of vectors that hold a group.
template <class Body>
HWY_INLINE void for_vectors(int vectors, const Body& body) {
    if (vectors == 3) {
        body(std::integral_constant<int, 3>());
    } else if (vectors == 2) {
        body(std::integral_constant<int, 2>());
    } else {
        body(std::integral_constant<int, 1>());
    }
}

template <int N>
void run_tile_of(const RowBatch& batch, const PairTile& tile, double* products) {
    for (int n = 0; n < batch.group_count; ++n) {
        const RowGroup& group = batch.groups[n];
        const TileOutput out{tile.g, group.q, group.q_count};
        for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
            constexpr int V = decltype(v)::value;
            if (n == 0) {
                const Size mask = batch.group_count > 1 ? ~Size{0} : kRingMask;
                product_tile<V, N>(batch.depth, group.panel, tile.factors, products, mask, out);
            } else {
                shared_tile<V, N>(batch.depth, group.panel, products, out);
            }
        });
    }
}

inline void run_tile(const RowBatch& batch, const PairTile& tile, double* products) {
    if (tile.pairs > kTileRows / 2) {
        run_tile_of<kTileRows>(batch, tile, products);
    } else if (tile.pairs > kTileRows / 4) {
        run_tile_of<kTileRows / 2>(batch, tile, products);
    } else {
        run_tile_of<kTileRows / 4>(batch, tile, products);
    }
}

// Columns [begin, end) of row i for one group.
template <int V>
void folded_row(const RowBatch& batch, const RowGroup& group, Size i, Size begin, Size end, double* scaled) {
    for (Size j = begin; j < end; j += kTileRows) {
        // A tile wider than what is left starts earlier: the inputs before j exist, those behind d do not.
        const Size start = std::min(j, std::max<Size>(0, end - kTileRows));
        double* g[kTileRows];
        for (Size t = 0; t < kTileRows; ++t) {
            const bool wanted = start + t >= j && start + t < end;
            g[t] = wanted ? batch.at(i, start + t) : nullptr;
        }
        const TileOutput out{g, group.q, group.q_count};
        const Size ldx = batch.problem.ldx;
        if (j == begin) {
            folding_tile<V>(batch.depth, group.panel, batch.x(i), scaled, batch.x(start), ldx, out);
        } else {
            folded_tile<V>(batch.depth, scaled, batch.x(start), ldx, out);
        }
    }
}

// Rows i < fold: products of two rows with a few columns.
inline void gram_blocks(const RowBatch& batch, double* products) {
    const Size first_row = row_of_pair(batch.problem.pair_begin);
    const Size end_row = std::min(batch.fold, row_of_pair(batch.problem.pair_end - 1) + 1);
    PairTile tile;
    for (Size j0 = 0; j0 < end_row; j0 += batch.block) {
        for (Size i = std::max(first_row, j0) / 2 * 2; i < end_row; i += 2) {
            const Size end = std::min(batch.whole(i), j0 + batch.block);
            for (Size j = j0; j < end; j += kTileColumns) {
                tile.take_block(batch, i, j);
                run_tile(batch, tile, products);
            }
        }
    }
}

// Rows i >= fold: their whole tiles.
inline void gram_folded(const RowBatch& batch, double* scaled) {
    const auto columns = [&](Size i) { return Columns{0, i < batch.fold ? 0 : batch.whole(i)}; };
    for (RowWalk row(batch.problem, batch.block, columns); !row.done(); row.next()) {
        for (int n = 0; n < batch.group_count; ++n) {
            const RowGroup& group = batch.groups[n];
            for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
                folded_row<decltype(v)::value>(batch, group, row.i(), row.begin(), row.end(), scaled);
            });
        }
    }
}

// What is left of all rows, in tiles that span rows.
inline void gram_rests(const RowBatch& batch, double* products) {
    const auto columns = [&](Size i) { return Columns{batch.whole(i), i + 1}; };
    RowWalk walk(batch.problem, batch.block, columns);
    Size j = walk.begin();
    PairTile tile;
    for (tile.take(batch, walk, j); tile.pairs > 0; tile.take(batch, walk, j))
        run_tile(batch, tile, products);
}

// Up to kLanes coefficient rows, transposed into every V-th vector of out. Rows with the same right factor,
// or none, are the usual case.
template <int V>
HWY_NOINLINE void pack_rows(const GramRow* rows, Size row_count, Size k0, Size depth,
                            double* HWY_RESTRICT out) {
    const double* left[kLanes] = {};
    const double* const right = rows[0].right;
    bool same = row_count == kLanes;
    for (Size s = 0; s < row_count; ++s) {
        left[s] = rows[s].left + k0;
        same = same && rows[s].right == right;
    }
    Size k = 0;
    if (same) {
        const auto pack = [&](const auto& load) HWY_ATTR {
            for (k = 0; k + kLanes <= depth; k += kLanes)
                pack_block<V>(k, kLanes, 0, kLanes, out + k * V * kLanes, load);
        };
        if (right == nullptr) {
            pack([&](Size s, Size at, Size) HWY_ATTR { return hn::LoadU(Tag(), left[s] + at); });
        } else {
            pack([&](Size s, Size at, Size) HWY_ATTR {
                return hn::Mul(hn::LoadU(Tag(), right + k0 + at), hn::LoadU(Tag(), left[s] + at));
            });
        }
    }
    for (; k < depth; k += kLanes) {
        const auto load = [&](Size s, Size at, Size n) HWY_ATTR {
            const Vector value = load_up_to(left[s] + at, n);
            return rows[s].right == nullptr ? value : hn::Mul(value, load_up_to(rows[s].right + k0 + at, n));
        };
        pack_block<V>(k, std::min<Size>(kLanes, depth - k), 0, row_count, out + k * V * kLanes, load);
    }
}

inline void pack_group(const GramRow* rows, Size k0, Size depth, const RowGroup& group, double* panel) {
    for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
        for (Size first = 0; first < group.q_count; first += kLanes) {
            pack_rows<decltype(v)::value>(rows + group.q + first,
                                          std::min<Size>(kLanes, group.q_count - first), k0, depth,
                                          panel + first);
        }
    });
}

// How many of `rows` rows the next group takes: whole panels, but 2 + 2 vectors rather than 3 + 1.
inline Size group_rows(Size rows) {
    if (rows > kPanelLanes && rows <= kPanelLanes + kLanes) return kPanelLanes - kLanes;
    return std::min<Size>(rows, kPanelLanes);
}

// Rows [q, q + q_count) in equal batches.
inline void gram_by_rows(const GramProblem& problem, const GramRow* rows, Size q_count, double* g,
                         const GramBlocking& blocking) {
    HWY_ALIGN double panels[kPanelSize];
    HWY_ALIGN double scaled[kPanelLanes * kLongDepth];
    HWY_ALIGN double products[kTileRows * kSharedDepth];
    Size group_count = 0;
    for (Size rest = q_count; rest > 0; ++group_count) rest -= group_rows(rest);
    const Size batches = (group_count + kBatchGroups - 1) / kBatchGroups;
    const Size batch_groups = (group_count + batches - 1) / batches;
    const bool long_output = triangle(problem.d) * q_count > kLongOutput || blocking.samples > kLoneDepth;
    const Size most = batch_groups > 1 ? kSharedDepth : long_output ? kLongDepth : kLoneDepth;
    const Size depth =
        chunk_length(problem.count, blocking.samples > 0 ? std::min(blocking.samples, most) : most, kLanes);
    // By measured costs: folding a row costs half a tile for every group, forming the products of a tile a
    // tenth of one for the batch.
    const Size fold = std::max<Size>(blocking.fold >= 0 ? blocking.fold : 48 + 16 * batch_groups, kTileRows);
    const Size block = round_up(blocking.inputs > 0 ? blocking.inputs : 128, kTileRows);
    for (Size q = 0; q < q_count;) {
        Size next = q;
        for (Size k0 = 0; k0 < problem.count; k0 += depth) {
            RowBatch batch{problem, k0, std::min(depth, problem.count - k0), block, fold, g, {}, 0};
            next = q;
            for (double* panel = panels; batch.group_count < batch_groups && next < q_count;) {
                RowGroup& group = batch.groups[batch.group_count++];
                group = {panel, next, group_rows(q_count - next)};
                pack_group(rows, k0, batch.depth, group, panel);
                panel += group.vectors() * kLanes * round_up(batch.depth, kLanes);
                next += group.q_count;
            }
            gram_blocks(batch, products);
            gram_folded(batch, scaled);
            gram_rests(batch, products);
        }
        q = next;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_ROWS_INL
