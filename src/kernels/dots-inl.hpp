// Dot products of few rows with few others, lanes across samples: nothing is transposed but the sums at the
// end. A tile takes R rows and N others, each vector that it loads for several multiply-adds.
#if defined(TEPUI_KERNELS_DOTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_DOTS_INL
#undef TEPUI_KERNELS_DOTS_INL
#else
#define TEPUI_KERNELS_DOTS_INL
#endif

#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr int kDotRows = kTileRows == 8 ? 4 : 3;
// Others beside R rows: as many sums as there are registers.
template <int R>
constexpr int kDotOthers = (kTileRows == 8 ? 24 : 12) / R < 8 ? (kTileRows == 8 ? 24 : 12) / R : 8;

// out[t] += the sum of the lanes of sums[t].
template <class T, int N>
HWY_INLINE void add_lanes(const VectorOf<T> (&sums)[N], double* out) {
    constexpr int L = kLanesOf<T>;
    for (int first = 0; first < N; first += L) {
        VectorOf<T> block[L];
        HWY_UNROLL(16)
        for (int s = 0; s < L; ++s) block[s] = first + s < N ? sums[first + s] : hn::Zero(TagOf<T>());
        transpose(block);
        HWY_UNROLL(4)
        for (int half = L / 2; half > 0; half /= 2) {
            HWY_UNROLL(8)
            for (int s = 0; s < half; ++s) block[s] = hn::Add(block[s], block[s + half]);
        }
        add_to_doubles(block[0], out + first, N - first);
    }
}

// out[r * ldo + t] += sum_k rows[r][k] others[t][k]; each in the same order whatever the tile.
template <int R, int N, class T>
HWY_NOINLINE void dot_tile(const T* const* rows, const T* const* others, Size count, double* out, Size ldo) {
    const T *row[R], *other[N];
    VectorOf<T> sums[R][N];
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) other[t] = others[t];
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) {
        row[r] = rows[r];
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) sums[r][t] = hn::Zero(TagOf<T>());
    }
    const auto add = [&](const auto& load) HWY_ATTR {
        VectorOf<T> c[R];
        HWY_UNROLL(4)
        for (int r = 0; r < R; ++r) c[r] = load(row[r]);
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) {
            const VectorOf<T> x = load(other[t]);
            HWY_UNROLL(4)
            for (int r = 0; r < R; ++r) sums[r][t] = multiply_add<T>(c[r], x, sums[r][t]);
        }
    };
    Size k = 0;
    for (; k + kLanesOf<T> <= count; k += kLanesOf<T>)
        add([k](const T* p) HWY_ATTR { return hn::LoadU(TagOf<T>(), p + k); });
    if (k < count) add([=](const T* p) HWY_ATTR { return load_up_to(p + k, count - k); });
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) add_lanes<T>(sums[r], out + r * ldo);
}

// body(integral constant n), 1 <= n <= kMost
template <int kMost, class Body>
HWY_INLINE void with_constant(Size n, const Body& body) {
    if (n == kMost) {
        body(std::integral_constant<int, kMost>());
    } else if constexpr (kMost > 1) {
        with_constant<kMost - 1>(n, body);
    }
}

// body(first, integral constant n) for parts of `count` that are as equal and as few as parts of at most
// kMost can be.
template <int kMost, class Body>
HWY_INLINE void for_even_parts(Size count, const Body& body) {
    Size first = 0;
    for (Size parts = (count + kMost - 1) / kMost; parts > 0; --parts) {
        const Size n = (count - first + parts - 1) / parts;
        with_constant<kMost>(n, [&](auto constant) HWY_ATTR { body(first, constant); });
        first += n;
    }
}

// out[r * ldo + t] += sum_k rows[r][k] others[t][k]. The rows of a tile stay in the first-level cache while
// the others pass.
template <class T>
void dots_by_rows(const T* const* rows, Size row_count, const T* const* others, Size other_count, Size count,
                  double* out, Size ldo) {
    for_even_parts<kDotRows>(row_count, [&](Size r, auto rows_now) HWY_ATTR {
        constexpr int R = decltype(rows_now)::value;
        for_even_parts<kDotOthers<R>>(other_count, [&](Size t, auto others_now) HWY_ATTR {
            dot_tile<R, decltype(others_now)::value>(rows + r, others + t, count, out + r * ldo + t, ldo);
        });
    });
}

// The same the other way round.
template <class T>
void dots_by_others(const T* const* rows, Size row_count, const T* const* others, Size other_count,
                    Size count, double* out, Size ldo) {
    for_even_parts<kDotOthers<kDotRows>>(other_count, [&](Size t, auto others_now) HWY_ATTR {
        for_even_parts<kDotRows>(row_count, [&](Size r, auto rows_now) HWY_ATTR {
            dot_tile<decltype(rows_now)::value, decltype(others_now)::value>(rows + r, others + t, count,
                                                                             out + r * ldo + t, ldo);
        });
    });
}

// A row times a common factor, up to whole vectors with zeros behind them.
template <class T>
HWY_INLINE void multiply_row(const T* HWY_RESTRICT common, const T* HWY_RESTRICT row, Size count,
                             T* HWY_RESTRICT out) {
    const TagOf<T> tag;
    Size k = 0;
    for (; k + kLanesOf<T> <= count; k += kLanesOf<T>)
        hn::Store(hn::Mul(hn::LoadU(tag, common + k), hn::LoadU(tag, row + k)), tag, out + k);
    if (k == count) return;
    hn::Store(hn::Mul(load_partial(common + k, count - k), load_partial(row + k, count - k)), tag, out + k);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_DOTS_INL
