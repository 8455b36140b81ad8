#include "kernels/blocking.hpp"
#include "kernels/hidden_layer.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/weighted_sums.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/panel-inl.hpp"
#include "kernels/scratch.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Many rows and inputs: lanes across rows, a = the rows transposed, b = inputs.

// The rows of one group, each times `common` unless that is null.
struct SumRows {
    const double* common;
    const double* rows;
    Size ld, count;
};

// out[(v * kLanes + lane) * ldo + t] += sums[t][v], rows < q_count.
template <int V, int N>
HWY_INLINE void add_transposed(const Sums<V, N>& sums, double* out, Size ldo, Size q_count) {
    if constexpr (N % kLanes == 0) {
        HWY_UNROLL(3)
        for (int v = 0; v < V; ++v) {
            HWY_UNROLL(8)
            for (int t = 0; t < N; t += kLanes) {
                Vector block[kLanes];
                HWY_UNROLL(8)
                for (int s = 0; s < kLanes; ++s) block[s] = sums[t + s][v];
                transpose(block);
                HWY_UNROLL(8)
                for (int s = 0; s < kLanes; ++s) {
                    const Size q = v * kLanes + s;
                    if (q < q_count) add_up_to(block[s], out + q * ldo + t, kLanes);
                }
            }
        }
    } else {
        HWY_ALIGN double lanes[V * kLanes];
        for (int t = 0; t < N; ++t) {
            for (int v = 0; v < V; ++v) hn::Store(sums[t][v], Tag(), lanes + v * kLanes);
            for (Size q = 0; q < q_count; ++q) out[q * ldo + t] += lanes[q];
        }
    }
}

template <int V, int N>
HWY_NOINLINE void sums_tile(Size depth, const double* panel, const double* xt, Size ldx, double* out,
                            Size ldo, Size q_count) {
    Sums<V, N> sums;
    clear<V, N>(sums);
    for_steps(depth, [&](Size k) HWY_ATTR { step<V, N>(panel + k * V * kLanes, xt + k, ldx, sums); });
    add_transposed<V, N>(sums, out, ldo, q_count);
}

template <int V>
void sums_group(const SumRows& rows, Size d, const double* xt, Size ldx, Size count, Size chunk, double* out,
                Size ldo) {
    const Scratch<double> scratch(V * kLanes * round_up(chunk, kLanes));
    double* const panel = scratch.data();
    for (Size k0 = 0; k0 < count; k0 += chunk) {
        const Size depth = std::min(chunk, count - k0);
        const double* const first = rows.rows + k0;
        if (rows.common == nullptr) {
            pack_transposed<V>(depth, rows.count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
                return load_up_to(first + q * rows.ld + k, n);
            });
        } else {
            const double* const common = rows.common + k0;
            pack_transposed<V>(depth, rows.count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
                return hn::Mul(load_up_to(common + k, n), load_up_to(first + q * rows.ld + k, n));
            });
        }
        for_tiles(d, [&](Size j, auto n) HWY_ATTR {
            sums_tile<V, decltype(n)::value>(depth, panel, xt + j * ldx + k0, ldx, out + j, ldo, rows.count);
        });
    }
}

// Few rows or few inputs: lanes across samples, R rows and N inputs at a time, nothing transposed.
template <int R, int N>
HWY_NOINLINE void dot_tile(const SumRows& rows, const double* HWY_RESTRICT xt, Size ldx, Size count,
                           double* out, Size ldo) {
    constexpr int kPartialSums = R * N > 4 ? 1 : 2;  // enough chains to hide what a multiply-add takes
    const Tag tag;
    Vector sums[kPartialSums][R][N];
    HWY_UNROLL(2)
    for (int u = 0; u < kPartialSums; ++u) {
        HWY_UNROLL(4)
        for (int r = 0; r < R; ++r) {
            HWY_UNROLL(5)
            for (int t = 0; t < N; ++t) sums[u][r][t] = hn::Zero(tag);
        }
    }
    const double* const first = rows.rows;
    const double* const common = rows.common;
    const Size ldr = rows.ld;
    const auto add = [&](Vector(&to)[R][N], Size k, Size n) HWY_ATTR {
        Vector c[R];
        HWY_UNROLL(4)
        for (int r = 0; r < R; ++r) c[r] = load_up_to(first + r * ldr + k, n);
        if (common != nullptr) {
            const Vector factor = load_up_to(common + k, n);
            HWY_UNROLL(4)
            for (int r = 0; r < R; ++r) c[r] = hn::Mul(factor, c[r]);
        }
        HWY_UNROLL(5)
        for (int t = 0; t < N; ++t) {
            const Vector x = load_up_to(xt + t * ldx + k, n);
            HWY_UNROLL(4)
            for (int r = 0; r < R; ++r) to[r][t] = hn::MulAdd(c[r], x, to[r][t]);
        }
    };
    Size k = 0;
    for (; k + kPartialSums * kLanes <= count; k += kPartialSums * kLanes) {
        HWY_UNROLL(2)
        for (int u = 0; u < kPartialSums; ++u) add(sums[u], k + u * kLanes, kLanes);
    }
    for (; k < count; k += kLanes) add(sums[0], k, std::min<Size>(kLanes, count - k));
    HWY_UNROLL(4)
    for (int r = 0; r < R; ++r) {
        HWY_UNROLL(5)
        for (int t = 0; t < N; ++t) {
            Vector sum = sums[0][r][t];
            if constexpr (kPartialSums > 1) sum = hn::Add(sum, sums[1][r][t]);
            out[r * ldo + t] += hn::GetLane(hn::SumOfLanes(tag, sum));
        }
    }
}

// R rows in tiles of three to five inputs, as far as there are so many.
template <int R>
void dots_group(const SumRows& rows, Size d, const double* xt, Size ldx, Size count, double* out, Size ldo) {
    for (Size j = 0; j < d;) {
        const Size rest = d - j;
        const Size n = rest <= 5 ? rest : rest < 8 ? (rest + 1) / 2 : 5;
        const double* const x = xt + j * ldx;
        if (n == 5) {
            dot_tile<R, 5>(rows, x, ldx, count, out + j, ldo);
        } else if (n == 4) {
            dot_tile<R, 4>(rows, x, ldx, count, out + j, ldo);
        } else if (n == 3) {
            dot_tile<R, 3>(rows, x, ldx, count, out + j, ldo);
        } else if (n == 2) {
            dot_tile<R, 2>(rows, x, ldx, count, out + j, ldo);
        } else {
            dot_tile<R, 1>(rows, x, ldx, count, out + j, ldo);
        }
        j += n;
    }
}

void sums(const double* common, const double* all_rows, Size ldr, Size q_count, Size d, const double* xt,
          Size ldx, Size count, double* out, Size ldo, const LayerBlocking& blocking) {
    constexpr Size kDotRows = kTileRows / 2;
    const Size chunk = chunk_of(count, blocking.depth);
    const bool by_dots = d <= kFewInputs;
    Size q = 0;
    while (q < q_count) {
        SumRows rows{common, all_rows + q * ldr, ldr, q_count - q};
        double* const to = out + q * ldo;
        if (by_dots && rows.count >= kDotRows) {
            rows.count = kDotRows;
            dots_group<kDotRows>(rows, d, xt, ldx, count, to, ldo);
        } else if (by_dots || rows.count <= kLanes / 2) {
            rows.count = 1;
            dots_group<1>(rows, d, xt, ldx, count, to, ldo);
        } else if (rows.count > 2 * kLanes) {
            rows.count = std::min<Size>(rows.count, 3 * kLanes);
            sums_group<3>(rows, d, xt, ldx, count, chunk, to, ldo);
        } else if (rows.count > kLanes) {
            sums_group<2>(rows, d, xt, ldx, count, chunk, to, ldo);
        } else {
            sums_group<1>(rows, d, xt, ldx, count, chunk, to, ldo);
        }
        q += rows.count;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(sums);

void weighted_sums_blocked(const double* common, const double* rows, Size ldr, Size q_count, Size d,
                           const double* xt, Size ldx, Size count, double* out, Size ldo,
                           const LayerBlocking& blocking) {
    TEPUI_DISPATCH(sums)(common, rows, ldr, q_count, d, xt, ldx, count, out, ldo, blocking);
}

void weighted_sums(const double* common, const double* rows, Size ldr, Size q_count, Size d, const double* xt,
                   Size ldx, Size count, double* out, Size ldo) {
    weighted_sums_blocked(common, rows, ldr, q_count, d, xt, ldx, count, out, ldo, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
