#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dots.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dots-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Rows of a tile and others beside R of them: as many sums as there are registers.
constexpr int kDotRows = kTileRows == 8 ? 4 : 3;
template <int R>
constexpr int kDotOthers = kTileRows == 8 || R < 3 ? 6 : 4;

#if HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
// One half of each vector added to the other: that of a, then that of b.
HWY_INLINE Vector add_halves(Vector a, Vector b) {
    return hn::Add(hn::ConcatLowerLower(Tag(), b, a), hn::ConcatUpperUpper(Tag(), b, a));
}
#endif

// Lane s: the sum of the lanes of sums[s]. Each step brings together what it adds, and leaves half as many
// vectors; the last one puts lanes of its first factor beside those of its second.
HWY_INLINE Vector lane_sums(const Vector (&sums)[kLanes]) {
#if HWY_TARGET == HWY_SCALAR
    return sums[0];
#else
    const auto last = [](Vector a, Vector b) HWY_ATTR {
        return hn::Add(hn::InterleaveLower(Tag(), a, b), hn::InterleaveUpper(Tag(), a, b));
    };
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    const auto quarters = [](Vector a, Vector b)
                              HWY_ATTR { return hn::Add(even_blocks(a, b), odd_blocks(a, b)); };
    return last(quarters(add_halves(sums[0], sums[2]), add_halves(sums[4], sums[6])),
                quarters(add_halves(sums[1], sums[3]), add_halves(sums[5], sums[7])));
#elif HWY_TARGET <= HWY_AVX2 && HWY_ARCH_X86
    return last(add_halves(sums[0], sums[2]), add_halves(sums[1], sums[3]));
#else
    static_assert(kLanes == 2);
    return last(sums[0], sums[1]);
#endif
#endif
}

// out[t] += the sum of the lanes of sums[t].
template <int N>
HWY_INLINE void add_lanes(const Vector (&sums)[N], double* out) {
    for (int first = 0; first < N; first += kLanes) {
        Vector some[kLanes];
        HWY_UNROLL(8)
        for (int s = 0; s < kLanes; ++s) some[s] = first + s < N ? sums[first + s] : hn::Zero(Tag());
        add_up_to(lane_sums(some), out + first, N - first);
    }
}

// out[r * ldo + t] += sum_k rows[r][k] others[t][k]; each in the same order whatever the tile.
template <int R, int N>
HWY_NOINLINE void dot_tile(const double* const* rows, const double* const* others, Size count, double* out,
                           Size ldo) {
    const double *row[R], *other[N];
    Vector sums[R][N];
    HWY_UNROLL(8)
    for (int t = 0; t < N; ++t) other[t] = others[t];
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) {
        row[r] = rows[r];
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) sums[r][t] = hn::Zero(Tag());
    }
    const auto add = [&](const auto& load) HWY_ATTR {
        Vector c[R];
        HWY_UNROLL(4)
        for (int r = 0; r < R; ++r) c[r] = load(row[r]);
        HWY_UNROLL(8)
        for (int t = 0; t < N; ++t) {
            const Vector x = load(other[t]);
            HWY_UNROLL(4)
            for (int r = 0; r < R; ++r) sums[r][t] = multiply_add<double>(c[r], x, sums[r][t]);
        }
    };
    Size k = 0;
    for (; k + kLanes <= count; k += kLanes)
        add([k](const double* p) HWY_ATTR { return hn::LoadU(Tag(), p + k); });
    if (k < count) add([=](const double* p) HWY_ATTR { return load_up_to(p + k, count - k); });
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) add_lanes(sums[r], out + r * ldo);
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

void dots_by_rows(const double* const* rows, Size row_count, const double* const* others, Size other_count,
                  Size count, double* out, Size ldo) {
    for_even_parts<kDotRows>(row_count, [&](Size r, auto rows_now) HWY_ATTR {
        constexpr int R = decltype(rows_now)::value;
        for_even_parts<kDotOthers<R>>(other_count, [&](Size t, auto others_now) HWY_ATTR {
            dot_tile<R, decltype(others_now)::value>(rows + r, others + t, count, out + r * ldo + t, ldo);
        });
    });
}

void dots_by_others(const double* const* rows, Size row_count, const double* const* others, Size other_count,
                    Size count, double* out, Size ldo) {
    for_even_parts<kDotOthers<kDotRows>>(other_count, [&](Size t, auto others_now) HWY_ATTR {
        for_even_parts<kDotRows>(row_count, [&](Size r, auto rows_now) HWY_ATTR {
            dot_tile<decltype(rows_now)::value, decltype(others_now)::value>(rows + r, others + t, count,
                                                                             out + r * ldo + t, ldo);
        });
    });
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();
