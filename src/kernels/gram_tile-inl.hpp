// The register tiles of the weighted Gram whose lanes are coefficient rows: kTileRows x V vectors of sums
// sum_k c_qk b_t(k), where c comes from a packed panel (the rows of one group contiguous for each k, streamed
// from L2) and b_t = x_i x_j is broadcast element by element.
//
// Products are laid out as they are read: [k / kLanes][t][k % kLanes], a multiply and a store for each vector
// of them. Long sums keep the write-back of the tiles small, so depths are long and panels live in L2, where
// they stream at full speed; scratch that is written must stay small, for stores that miss L1 cost more than
// the multiply-adds around them.
#if defined(TEPUI_KERNELS_GRAM_TILE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_TILE_INL
#undef TEPUI_KERNELS_GRAM_TILE_INL
#else
#define TEPUI_KERNELS_GRAM_TILE_INL
#endif

#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr Size kProductBlock = kTileRows * kLanes;  // products of kLanes samples
constexpr Size kRingMask = 2 * kProductBlock - 1;

// The factors of the products of one tile: any pairs of rows, or in `block` form two rows x times
// kTileRows / 2 rows y (t = 2 c + r: x_r y_c), or in `common` form one row x times kTileRows rows y. The two
// latter, whose rows y lie at a constant stride, load less for a product and need no loads of pointers.
struct TileFactors {
    enum class Form { any, block, common };

    const double* x[kTileRows];
    const double* y[kTileRows];
    Form form;
    Size stride;

    // Any pairs; those from `pairs` on are computed and dropped.
    void complete(Size pairs) {
        for (Size t = pairs; pairs > 0 && t < kTileRows; ++t) {
            x[t] = x[0];
            y[t] = y[0];
        }
        form = Form::any;
    }
};

struct AnyFactors {
    const TileFactors& tile;

    HWY_INLINE void load_shared(Size) {}
    HWY_INLINE Vector product(int t, Size k) {
        return hn::Mul(hn::LoadU(Tag(), tile.x[t] + k), hn::LoadU(Tag(), tile.y[t] + k));
    }
};

struct BlockFactors {
    const double* HWY_RESTRICT x0;
    const double* HWY_RESTRICT x1;
    const double* HWY_RESTRICT y;
    Size stride;
    Vector shared[2] = {};
    Vector column = {};

    explicit BlockFactors(const TileFactors& tile)
        : x0(tile.x[0]), x1(tile.x[1]), y(tile.y[0]), stride(tile.stride) {}
    HWY_INLINE void load_shared(Size k) {
        shared[0] = hn::LoadU(Tag(), x0 + k);
        shared[1] = hn::LoadU(Tag(), x1 + k);
    }
    HWY_INLINE Vector product(int t, Size k) {  // t ascends
        if (t % 2 == 0) column = hn::LoadU(Tag(), y + t / 2 * stride + k);
        return hn::Mul(shared[t % 2], column);
    }
};

struct CommonFactor {
    const double* HWY_RESTRICT x;
    const double* HWY_RESTRICT y;
    Size stride;
    Vector shared = {};

    explicit CommonFactor(const TileFactors& tile) : x(tile.x[0]), y(tile.y[0]), stride(tile.stride) {}
    HWY_INLINE void load_shared(Size k) { shared = hn::LoadU(Tag(), x + k); }
    HWY_INLINE Vector product(int t, Size k) { return hn::Mul(shared, hn::LoadU(Tag(), y + t * stride + k)); }
};

// Where the sums of one tile go: row t to g[t] + q, or nowhere.
struct TileOutput {
    double* const* g;
    Size q, q_count;
};

template <int V, int N>
HWY_INLINE void prefetch_output(const TileOutput& out) {
    for (int t = 0; t < N; ++t) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) __builtin_prefetch(out.g[t] + out.q + v * kLanes, 1);
    }
}

template <int V, int N>
HWY_INLINE void add_sums(const Sums<V, N>& sums, const TileOutput& out) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        if (out.g[t] == nullptr) continue;
        double* const g = out.g[t] + out.q;
        HWY_UNROLL(3)
        for (int v = 0; v + 1 < V; ++v) add_up_to(sums[t][v], g + v * kLanes, kLanes);
        add_up_to(sums[t][V - 1], g + (V - 1) * kLanes, out.q_count - (V - 1) * kLanes);
    }
}

// The products of samples k .. k + n - 1, n <= kLanes, zero behind them.
template <int N>
HWY_INLINE void multiply_block(const TileFactors& tile, Size k, Size n, double* HWY_RESTRICT b) {
    for (int t = 0; t < N; ++t) {
        hn::Store(hn::Mul(load_up_to(tile.x[t] + k, n), load_up_to(tile.y[t] + k, n)), Tag(), b + t * kLanes);
    }
}

// kLanes samples.
template <int V, int N>
HWY_INLINE void block_of_steps(const double* HWY_RESTRICT panel, const double* HWY_RESTRICT b,
                               Sums<V, N>& sums) {
    HWY_UNROLL(8)
    for (int s = 0; s < kLanes; ++s) step<V, N>(panel + s * V * kLanes, b + s, kLanes, sums);
}

// Sums of full blocks; the products of the next block are formed meanwhile. Returns the samples done.
template <int V, int N, class Factors>
HWY_INLINE Size sum_and_multiply(Size depth, const double* HWY_RESTRICT panel, Factors factors,
                                 double* HWY_RESTRICT b, Size mask, Sums<V, N>& sums) {
    constexpr int kPerStep = std::max(1, N / kLanes);
    Size k = 0;
    for (; k + 2 * kLanes <= depth; k += kLanes) {
        const double* HWY_RESTRICT now = b + (k * kTileRows & mask);
        double* HWY_RESTRICT next = b + ((k + kLanes) * kTileRows & mask);
        factors.load_shared(k + kLanes);
        HWY_UNROLL(8)
        for (int s = 0; s < kLanes; ++s) {
            HWY_UNROLL(4)
            for (int u = 0; u < kPerStep; ++u) {
                const int t = s * kPerStep + u;
                if (t < N) hn::Store(factors.product(t, k + kLanes), Tag(), next + t * kLanes);
            }
            step<V, N>(panel + (k + s) * V * kLanes, now + s, kLanes, sums);
        }
    }
    return k;
}

// sums += products times panel. The block of sample k is at b + (k kTileRows & mask): a ring of two where the
// products serve this tile only, else all of them.
template <int V, int N>
HWY_INLINE void sum_products(Size depth, const double* HWY_RESTRICT panel, const TileFactors& tile,
                             double* HWY_RESTRICT b, Size mask, Sums<V, N>& sums) {
    multiply_block<N>(tile, 0, std::min<Size>(kLanes, depth), b);
    Size k = 0;
    if (N == kTileRows && tile.form == TileFactors::Form::block) {
        k = sum_and_multiply<V, N>(depth, panel, BlockFactors(tile), b, mask, sums);
    } else if (N == kTileRows && tile.form == TileFactors::Form::common) {
        k = sum_and_multiply<V, N>(depth, panel, CommonFactor(tile), b, mask, sums);
    } else {
        k = sum_and_multiply<V, N>(depth, panel, AnyFactors{tile}, b, mask, sums);
    }
    if (k + kLanes < depth) {
        multiply_block<N>(tile, k + kLanes, depth - k - kLanes, b + ((k + kLanes) * kTileRows & mask));
    }
    for (; k < depth; k += kLanes)
        block_of_steps<V, N>(panel + k * V * kLanes, b + (k * kTileRows & mask), sums);
}

template <int V, int N>
HWY_NOINLINE void product_tile(Size depth, const double* HWY_RESTRICT panel, const TileFactors& tile,
                               double* HWY_RESTRICT b, Size mask, const TileOutput& out) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    prefetch_output<V, N>(out);
    sum_products<V, N>(depth, panel, tile, b, mask, sums);
    add_sums<V, N>(sums, out);
}

// Uses the products of another group's tile.
template <int V, int N>
HWY_NOINLINE void shared_tile(Size depth, const double* HWY_RESTRICT panel, const double* HWY_RESTRICT b,
                              const TileOutput& out) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    prefetch_output<V, N>(out);
    for (Size k = 0; k < depth; k += kLanes)
        block_of_steps<V, N>(panel + k * V * kLanes, b + k * kTileRows, sums);
    add_sums<V, N>(sums, out);
}

// The folded form, for long rows i: x_i is multiplied into the panel once, and the x_j are broadcast from
// where they lie.
template <int V>
HWY_NOINLINE void folded_tile(Size depth, const double* HWY_RESTRICT scaled, const double* HWY_RESTRICT xj,
                              Size ldx, const TileOutput& out) {
    Sums<V, kTileRows> sums;
    clear<V, kTileRows>(sums);
    prefetch_output<V, kTileRows>(out);
    for_steps(depth,
              [&](Size k) HWY_ATTR { step<V, kTileRows>(scaled + k * V * kLanes, xj + k, ldx, sums); });
    add_sums<V, kTileRows>(sums, out);
}

// The first tile of a row scales the panel for the others.
template <int V>
HWY_NOINLINE void folding_tile(Size depth, const double* HWY_RESTRICT panel, const double* HWY_RESTRICT xi,
                               double* HWY_RESTRICT scaled, const double* HWY_RESTRICT xj, Size ldx,
                               const TileOutput& out) {
    const Tag tag;
    Sums<V, kTileRows> sums;
    clear<V, kTileRows>(sums);
    prefetch_output<V, kTileRows>(out);
    for_steps(depth, [&](Size k) HWY_ATTR {
        const Vector factor = hn::Set(tag, xi[k]);
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            const Size at = (k * V + v) * kLanes;
            hn::Store(hn::Mul(factor, hn::Load(tag, panel + at)), tag, scaled + at);
        }
        step<V, kTileRows>(scaled + k * V * kLanes, xj + k, ldx, sums);
    });
    add_sums<V, kTileRows>(sums, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_TILE_INL
