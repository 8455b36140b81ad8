// The register tiles of the weighted Gram whose lanes are coefficient rows: kTileRows x V vectors of sums
// sum_k c_qk b_t(k), where c comes from a packed panel (the rows of one group contiguous for each k, streamed
// from L2) and b_t = x_i x_j is broadcast element by element.
//
// Products are laid out as they are read: [k / lanes][t][k % lanes], a multiply and a store for each vector
// of them. Long sums keep the write-back of the tiles small, so depths are long and panels live in L2, where
// they stream at full speed; scratch that is written must stay small, for stores that miss L1 cost more than
// the multiply-adds around them.
//
// T is what is multiplied and summed in registers, double or float; the results of tiles are always added to
// doubles.
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

template <class T>
constexpr Size kProductBlock = kTileRows* kLanesOf<T>;  // products of as many samples as lanes
template <class T>
constexpr Size kRingMask = 2 * kProductBlock<T> - 1;

// The factors of the products of one tile: any pairs of rows, or in `block` form two rows x times
// kTileRows / 2 rows y (t = 2 c + r: x_r y_c), or in `common` form one row x times kTileRows rows y. The two
// latter, whose rows y lie at a constant stride, load less for a product and need no loads of pointers.
template <class T>
struct TileFactors {
    enum class Form { any, block, common };

    const T* x[kTileRows];
    const T* y[kTileRows];
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

template <class T>
struct AnyFactors {
    const TileFactors<T>& tile;

    HWY_INLINE void load_shared(Size) {}
    HWY_INLINE VectorOf<T> product(int t, Size k) {
        return hn::Mul(hn::LoadU(TagOf<T>(), tile.x[t] + k), hn::LoadU(TagOf<T>(), tile.y[t] + k));
    }
};

template <class T>
struct BlockFactors {
    const T* HWY_RESTRICT x0;
    const T* HWY_RESTRICT x1;
    const T* HWY_RESTRICT y;
    Size stride;
    VectorOf<T> shared[2] = {};
    VectorOf<T> column = {};

    explicit BlockFactors(const TileFactors<T>& tile)
        : x0(tile.x[0]), x1(tile.x[1]), y(tile.y[0]), stride(tile.stride) {}
    HWY_INLINE void load_shared(Size k) {
        shared[0] = hn::LoadU(TagOf<T>(), x0 + k);
        shared[1] = hn::LoadU(TagOf<T>(), x1 + k);
    }
    HWY_INLINE VectorOf<T> product(int t, Size k) {  // t ascends
        if (t % 2 == 0) column = hn::LoadU(TagOf<T>(), y + t / 2 * stride + k);
        return hn::Mul(shared[t % 2], column);
    }
};

template <class T>
struct CommonFactor {
    const T* HWY_RESTRICT x;
    const T* HWY_RESTRICT y;
    Size stride;
    VectorOf<T> shared = {};

    explicit CommonFactor(const TileFactors<T>& tile) : x(tile.x[0]), y(tile.y[0]), stride(tile.stride) {}
    HWY_INLINE void load_shared(Size k) { shared = hn::LoadU(TagOf<T>(), x + k); }
    HWY_INLINE VectorOf<T> product(int t, Size k) {
        return hn::Mul(shared, hn::LoadU(TagOf<T>(), y + t * stride + k));
    }
};

// Where the sums of one tile go: row t to g[t] + q, or nowhere.
struct TileOutput {
    double* const* g;
    Size q, q_count;
};

template <int V, int N, class T>
HWY_INLINE void prefetch_output(const TileOutput& out) {
    for (int t = 0; t < N; ++t) {
        // As a number: there is no array where sums go nowhere, nor behind the last ones.
        const auto start =
            reinterpret_cast<std::uintptr_t>(out.g[t]) + std::uintptr_t(out.q) * sizeof(double);
        HWY_UNROLL(6)
        for (int q = 0; q < V * kLanesOf<T>; q += kLanes)
            __builtin_prefetch(reinterpret_cast<const void*>(start + std::uintptr_t(q) * sizeof(double)), 1);
    }
}

template <int V, int N, class T>
HWY_INLINE void add_sums(const Sums<V, N, T>& sums, const TileOutput& out) {
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) {
        if (out.g[t] == nullptr) continue;
        double* const g = out.g[t] + out.q;
        HWY_UNROLL(3)
        for (int v = 0; v + 1 < V; ++v) add_to_doubles(sums[t][v], g + v * kLanesOf<T>, kLanesOf<T>);
        add_to_doubles(sums[t][V - 1], g + (V - 1) * kLanesOf<T>, out.q_count - (V - 1) * kLanesOf<T>);
    }
}

// The products of samples k .. k + n - 1, n <= lanes, zero behind them.
template <int N, class T>
HWY_INLINE void multiply_block(const TileFactors<T>& tile, Size k, Size n, T* HWY_RESTRICT b) {
    for (int t = 0; t < N; ++t) {
        hn::Store(hn::Mul(load_up_to(tile.x[t] + k, n), load_up_to(tile.y[t] + k, n)), TagOf<T>(),
                  b + t * kLanesOf<T>);
    }
}

// As many samples as lanes.
template <int V, int N, class T>
HWY_INLINE void block_of_steps(const T* HWY_RESTRICT panel, const T* HWY_RESTRICT b, Sums<V, N, T>& sums) {
    HWY_UNROLL(16)
    for (int s = 0; s < kLanesOf<T>; ++s) step<V, N>(panel + s * V * kLanesOf<T>, b + s, kLanesOf<T>, sums);
}

// Sums of full blocks; the products of the next block are formed meanwhile. Returns the samples done.
template <int V, int N, class T, class Factors>
HWY_INLINE Size sum_and_multiply(Size depth, const T* HWY_RESTRICT panel, Factors factors, T* HWY_RESTRICT b,
                                 Size mask, Sums<V, N, T>& sums) {
    constexpr int kPerStep = std::max(1, N / kLanesOf<T>);
    Size k = 0;
    for (; k + 2 * kLanesOf<T> <= depth; k += kLanesOf<T>) {
        const T* HWY_RESTRICT now = b + (k * kTileRows & mask);
        T* HWY_RESTRICT next = b + ((k + kLanesOf<T>)*kTileRows & mask);
        factors.load_shared(k + kLanesOf<T>);
        HWY_UNROLL(16)
        for (int s = 0; s < kLanesOf<T>; ++s) {
            HWY_UNROLL(4)
            for (int u = 0; u < kPerStep; ++u) {
                const int t = s * kPerStep + u;
                if (t < N) hn::Store(factors.product(t, k + kLanesOf<T>), TagOf<T>(), next + t * kLanesOf<T>);
            }
            step<V, N>(panel + (k + s) * V * kLanesOf<T>, now + s, kLanesOf<T>, sums);
        }
    }
    return k;
}

// sums += products times panel. The block of sample k is at b + (k kTileRows & mask): a ring of two where the
// products serve this tile only, else all of them.
template <int V, int N, class T>
HWY_INLINE void sum_products(Size depth, const T* HWY_RESTRICT panel, const TileFactors<T>& tile,
                             T* HWY_RESTRICT b, Size mask, Sums<V, N, T>& sums) {
    multiply_block<N>(tile, 0, std::min<Size>(kLanesOf<T>, depth), b);
    Size k = 0;
    if (N == kTileRows && tile.form == TileFactors<T>::Form::block) {
        k = sum_and_multiply<V, N>(depth, panel, BlockFactors<T>(tile), b, mask, sums);
    } else if (N == kTileRows && tile.form == TileFactors<T>::Form::common) {
        k = sum_and_multiply<V, N>(depth, panel, CommonFactor<T>(tile), b, mask, sums);
    } else {
        k = sum_and_multiply<V, N>(depth, panel, AnyFactors<T>{tile}, b, mask, sums);
    }
    if (k + kLanesOf<T> < depth) {
        multiply_block<N>(tile, k + kLanesOf<T>, depth - k - kLanesOf<T>,
                          b + ((k + kLanesOf<T>)*kTileRows & mask));
    }
    for (; k < depth; k += kLanesOf<T>)
        block_of_steps<V, N>(panel + k * V * kLanesOf<T>, b + (k * kTileRows & mask), sums);
}

template <int V, int N, class T>
HWY_NOINLINE void product_tile(Size depth, const T* HWY_RESTRICT panel, const TileFactors<T>& tile,
                               T* HWY_RESTRICT b, Size mask, const TileOutput& out) {
    Sums<V, N, T> sums;
    clear<V, N, T>(sums);
    prefetch_output<V, N, T>(out);
    sum_products<V, N>(depth, panel, tile, b, mask, sums);
    add_sums<V, N, T>(sums, out);
}

// Uses the products of another group's tile.
template <int V, int N, class T>
HWY_NOINLINE void shared_tile(Size depth, const T* HWY_RESTRICT panel, const T* HWY_RESTRICT b,
                              const TileOutput& out) {
    Sums<V, N, T> sums;
    clear<V, N, T>(sums);
    prefetch_output<V, N, T>(out);
    for (Size k = 0; k < depth; k += kLanesOf<T>)
        block_of_steps<V, N>(panel + k * V * kLanesOf<T>, b + k * kTileRows, sums);
    add_sums<V, N, T>(sums, out);
}

// The folded form, for long rows i: x_i is multiplied into the panel once, and the x_j are broadcast from
// where they lie.
template <int V, class T>
HWY_NOINLINE void folded_tile(Size depth, const T* HWY_RESTRICT scaled, const T* HWY_RESTRICT xj, Size ldx,
                              const TileOutput& out) {
    Sums<V, kTileRows, T> sums;
    clear<V, kTileRows, T>(sums);
    prefetch_output<V, kTileRows, T>(out);
    for_steps(depth,
              [&](Size k) HWY_ATTR { step<V, kTileRows>(scaled + k * V * kLanesOf<T>, xj + k, ldx, sums); });
    add_sums<V, kTileRows, T>(sums, out);
}

// The first tile of a row scales the panel for the others.
template <int V, class T>
HWY_NOINLINE void folding_tile(Size depth, const T* HWY_RESTRICT panel, const T* HWY_RESTRICT xi,
                               T* HWY_RESTRICT scaled, const T* HWY_RESTRICT xj, Size ldx,
                               const TileOutput& out) {
    const TagOf<T> tag;
    Sums<V, kTileRows, T> sums;
    clear<V, kTileRows, T>(sums);
    prefetch_output<V, kTileRows, T>(out);
    for_steps(depth, [&](Size k) HWY_ATTR {
        const VectorOf<T> factor = hn::Set(tag, xi[k]);
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            const Size at = (k * V + v) * kLanesOf<T>;
            hn::Store(hn::Mul(factor, hn::Load(tag, panel + at)), tag, scaled + at);
        }
        step<V, kTileRows>(scaled + k * V * kLanesOf<T>, xj + k, ldx, sums);
    });
    add_sums<V, kTileRows, T>(sums, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_TILE_INL
