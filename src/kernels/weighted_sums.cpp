#include "kernels/blocking.hpp"
#include "kernels/hidden_layer.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/weighted_sums.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/dots-inl.hpp"
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

// Few rows or few inputs: lanes across samples. The common factor is multiplied into whichever are fewer.
void sums_by_dots(const SumRows& rows, Size d, const double* xt, Size ldx, Size count, Size chunk,
                  double* out, Size ldo) {
    const bool scale_inputs = d < rows.count;
    const Size lds = round_up(chunk, kLanes);
    const Scratch<const double*> pointers(rows.count + d);
    const double** const c = pointers.data();
    const double** const x = c + rows.count;
    const double** const scaled_rows = scale_inputs ? x : c;
    const Size scaled_count = rows.common == nullptr ? 0 : std::min(d, rows.count);
    const Scratch<double> scaled(scaled_count * lds);
    for (Size k0 = 0; k0 < count; k0 += chunk) {
        const Size depth = std::min(chunk, count - k0);
        for (Size q = 0; q < rows.count; ++q) c[q] = rows.rows + q * rows.ld + k0;
        for (Size j = 0; j < d; ++j) x[j] = xt + j * ldx + k0;
        for (Size s = 0; s < scaled_count; ++s) {
            multiply_row(rows.common + k0, scaled_rows[s], depth, scaled.data() + s * lds);
            scaled_rows[s] = scaled.data() + s * lds;
        }
        dots_by_rows(c, rows.count, x, d, depth, out, ldo);
    }
}

void sums(const double* common, const double* all_rows, Size ldr, Size q_count, Size d, const double* xt,
          Size ldx, Size count, double* out, Size ldo, const LayerBlocking& blocking) {
    const Size chunk = chunk_of(count, blocking.depth);
    for (Size q = 0; q < q_count;) {
        SumRows rows{common, all_rows + q * ldr, ldr, q_count - q};
        double* const to = out + q * ldo;
        if (d <= kFewInputs || rows.count <= kLanes / 2) {
            sums_by_dots(rows, d, xt, ldx, count, chunk, to, ldo);
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
