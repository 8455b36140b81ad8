// The weighted Gram with the vector lanes across coefficient rows, for many rows: groups of up to
// kPanelLanesOf<T> rows, a few groups to a batch that shares its products x_i x_j.
#if defined(TEPUI_KERNELS_GRAM_ROWS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_ROWS_INL
#undef TEPUI_KERNELS_GRAM_ROWS_INL
#else
#define TEPUI_KERNELS_GRAM_ROWS_INL
#endif

#include "kernels/gram_problem.hpp"
#include "kernels/gram_tile-inl.hpp"
#include "kernels/scratch.hpp"
#include "kernels/weighted_gram.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// A batch's panels, its products and the samples they meet stay in L2; the products of a shared tile in L1.
constexpr Size kTileColumns = kTileRows / 2;
constexpr int kBatchGroups = 4;
template <class T>
constexpr Size kLoneDepth = std::min(machine::kL2Depth, kMostTerms<T>);
template <class T>  // where each chunk sweeps through an output that leaves every cache
constexpr Size kLongDepth = std::min(machine::kLongDepth, kMostTerms<T>);
template <class T>
constexpr Size kSharedDepth = std::min(machine::kL1Depth, kMostTerms<T>);

template <class T>
struct RowGroup {
    const T* panel;
    Size q, q_count;

    int vectors() const { return static_cast<int>((q_count + kLanesOf<T> - 1) / kLanesOf<T>); }
};

// One chunk of samples of the groups of a batch.
template <class T>
struct RowBatch {
    const GramProblem<T>& problem;
    Size k0, depth, block;
    Size fold;  // first row i whose x_i is multiplied into the panels
    double* g;
    RowGroup<T> groups[kBatchGroups];
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
    const T* x(Size i) const { return problem.xt + i * problem.ldx + k0; }
};

// The index pairs of one tile and where their sums go.
template <class T>
struct PairTile {
    TileFactors<T> factors;
    double* g[kTileRows];
    Size pairs;

    // Rows i, i + 1 and columns j .. j + kTileColumns - 1.
    void take_block(const RowBatch<T>& batch, Size i, Size j) {
        pairs = kTileRows;
        for (Size t = 0; t < kTileRows; ++t) put(batch, t, i + t % 2, j + t / 2);
        factors.form = TileFactors<T>::Form::block;
        factors.stride = batch.problem.ldx;
    }

    // The next pairs of the walk from column j on.
    template <class Walk>
    void take(const RowBatch<T>& batch, Walk& walk, Size& j) {
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
    void put(const RowBatch<T>& batch, Size t, Size i, Size j) {
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

template <int N, class T>
void run_tile_of(const RowBatch<T>& batch, const PairTile<T>& tile, T* products) {
    for (int n = 0; n < batch.group_count; ++n) {
        const RowGroup<T>& group = batch.groups[n];
        const TileOutput out{tile.g, group.q, group.q_count};
        for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
            constexpr int V = decltype(v)::value;
            if (n == 0) {
                const Size mask = batch.group_count > 1 ? ~Size{0} : kRingMask<T>;
                product_tile<V, N>(batch.depth, group.panel, tile.factors, products, mask, out);
            } else {
                shared_tile<V, N>(batch.depth, group.panel, products, out);
            }
        });
    }
}

template <class T>
void run_tile(const RowBatch<T>& batch, const PairTile<T>& tile, T* products) {
    if (tile.pairs > kTileRows / 2) {
        run_tile_of<kTileRows>(batch, tile, products);
    } else if (tile.pairs > kTileRows / 4) {
        run_tile_of<kTileRows / 2>(batch, tile, products);
    } else {
        run_tile_of<kTileRows / 4>(batch, tile, products);
    }
}

// Columns [begin, end) of row i for one group.
template <int V, class T>
void folded_row(const RowBatch<T>& batch, const RowGroup<T>& group, Size i, Size begin, Size end, T* scaled) {
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
template <class T>
void gram_blocks(const RowBatch<T>& batch, T* products) {
    const Size first_row = row_of_pair(batch.problem.pair_begin);
    const Size end_row = std::min(batch.fold, row_of_pair(batch.problem.pair_end - 1) + 1);
    PairTile<T> tile;
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
template <class T>
void gram_folded(const RowBatch<T>& batch, T* scaled) {
    const auto columns = [&](Size i) { return Columns{0, i < batch.fold ? 0 : batch.whole(i)}; };
    for (RowWalk row(batch.problem, batch.block, columns); !row.done(); row.next()) {
        for (int n = 0; n < batch.group_count; ++n) {
            const RowGroup<T>& group = batch.groups[n];
            for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
                folded_row<decltype(v)::value>(batch, group, row.i(), row.begin(), row.end(), scaled);
            });
        }
    }
}

// What is left of all rows, in tiles that span rows.
template <class T>
void gram_rests(const RowBatch<T>& batch, T* products) {
    const auto columns = [&](Size i) { return Columns{batch.whole(i), i + 1}; };
    RowWalk walk(batch.problem, batch.block, columns);
    Size j = walk.begin();
    PairTile<T> tile;
    for (tile.take(batch, walk, j); tile.pairs > 0; tile.take(batch, walk, j))
        run_tile(batch, tile, products);
}

// As many coefficient rows as lanes at most, transposed into every V-th vector of out. Rows with the same
// right factor, or none, are the usual case.
template <int V, class T>
HWY_NOINLINE void pack_rows(const GramRowOf<T>* rows, Size row_count, Size k0, Size depth,
                            T* HWY_RESTRICT out) {
    constexpr int L = kLanesOf<T>;
    const TagOf<T> tag;
    const T* left[L] = {};
    const T* const right = rows[0].right;
    bool same = row_count == L;
    for (Size s = 0; s < row_count; ++s) {
        left[s] = rows[s].left + k0;
        same = same && rows[s].right == right;
    }
    Size k = 0;
    if (same) {
        const auto pack = [&](const auto& load) HWY_ATTR {
            for (k = 0; k + L <= depth; k += L) pack_block<V>(k, L, 0, L, out + k * V * L, load);
        };
        if (right == nullptr) {
            pack([&](Size s, Size at, Size) HWY_ATTR { return hn::LoadU(tag, left[s] + at); });
        } else {
            pack([&](Size s, Size at, Size) HWY_ATTR {
                return hn::Mul(hn::LoadU(tag, right + k0 + at), hn::LoadU(tag, left[s] + at));
            });
        }
    }
    for (; k < depth; k += kLanesOf<T>) {
        const auto load = [&](Size s, Size at, Size n) HWY_ATTR {
            const VectorOf<T> value = load_up_to(left[s] + at, n);
            return rows[s].right == nullptr ? value : hn::Mul(value, load_up_to(rows[s].right + k0 + at, n));
        };
        pack_block<V>(k, std::min<Size>(kLanesOf<T>, depth - k), 0, row_count, out + k * V * kLanesOf<T>,
                      load);
    }
}

template <class T>
void pack_group(const GramRowOf<T>* rows, Size k0, Size depth, const RowGroup<T>& group, T* panel) {
    for_vectors(group.vectors(), [&](auto v) HWY_ATTR {
        for (Size first = 0; first < group.q_count; first += kLanesOf<T>) {
            pack_rows<decltype(v)::value>(rows + group.q + first,
                                          std::min<Size>(kLanesOf<T>, group.q_count - first), k0, depth,
                                          panel + first);
        }
    });
}

// How many of `rows` rows the next group takes: whole panels, but 2 + 2 vectors rather than 3 + 1.
template <class T>
Size group_rows(Size rows) {
    if (rows > kPanelLanesOf<T> && rows <= kPanelLanesOf<T> + kLanesOf<T>)
        return kPanelLanesOf<T> - kLanesOf<T>;
    return std::min<Size>(rows, kPanelLanesOf<T>);
}

// Rows [q, q + q_count) in equal batches.
template <class T>
void gram_by_rows(const GramProblem<T>& problem, const GramRowOf<T>* rows, Size q_count, double* g,
                  const GramBlocking& blocking) {
    Size group_count = 0;
    for (Size rest = q_count; rest > 0; ++group_count) rest -= group_rows<T>(rest);
    const Size batches = (group_count + kBatchGroups - 1) / kBatchGroups;
    const Size batch_groups = (group_count + batches - 1) / batches;
    const bool long_output =
        triangle(problem.d) * q_count > machine::kBeyondCaches / static_cast<Size>(sizeof(double)) ||
        blocking.samples > kLoneDepth<T>;
    const Size most = batch_groups > 1 ? kSharedDepth<T> : long_output ? kLongDepth<T> : kLoneDepth<T>;
    const Size depth = chunk_length(
        problem.count, blocking.samples > 0 ? std::min(blocking.samples, most) : most, kLanesOf<T>);
    // By measured costs: folding a row costs half a tile for every group, forming the products of a tile a
    // tenth of one for the batch.
    const Size fold = std::max<Size>(blocking.fold >= 0 ? blocking.fold : 48 + 16 * batch_groups, kTileRows);
    const Size block = round_up(blocking.inputs > 0 ? blocking.inputs : 128, kTileRows);
    const Size panel_size = kPanelLanesOf<T> * round_up(depth, kLanesOf<T>);
    const Scratch<T> panels(batch_groups * panel_size);
    const Scratch<T> scaled(fold < problem.d ? panel_size : 0);  // no row is folded else
    const Scratch<T> products(batch_groups > 1 ? kTileRows * round_up(depth, kLanesOf<T>) : kRingMask<T> + 1);
    for (Size q = 0; q < q_count;) {
        Size next = q;
        for (Size k0 = 0; k0 < problem.count; k0 += depth) {
            RowBatch<T> batch{problem, k0, std::min(depth, problem.count - k0), block, fold, g, {}, 0};
            next = q;
            for (T* panel = panels.data(); batch.group_count < batch_groups && next < q_count;) {
                RowGroup<T>& group = batch.groups[batch.group_count++];
                group = {panel, next, group_rows<T>(q_count - next)};
                pack_group(rows, k0, batch.depth, group, panel);
                panel += group.vectors() * kLanesOf<T> * round_up(batch.depth, kLanesOf<T>);
                next += group.q_count;
            }
            gram_blocks(batch, products.data());
            gram_folded(batch, scaled.data());
            gram_rests(batch, products.data());
        }
        q = next;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_ROWS_INL
