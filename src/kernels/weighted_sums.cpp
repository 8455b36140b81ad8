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
void sums_group(const double* common, const SampleRows& rows, const PackedSamples& x, Size chunk, double* out,
                Size ldo) {
    const Scratch<double> scratch(V * kLanes * round_up(chunk, kLanes));
    double* const panel = scratch.data();
    for (Size k0 = 0; k0 < x.count; k0 += chunk) {
        const Size depth = std::min(chunk, x.count - k0);
        const double* const first = rows.rows + k0;
        if (common == nullptr) {
            pack_transposed<V>(depth, rows.count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
                return load_up_to(first + q * rows.ld + k, n);
            });
        } else {
            pack_transposed<V>(depth, rows.count, panel, [&](Size q, Size k, Size n) HWY_ATTR {
                return hn::Mul(load_up_to(common + k0 + k, n), load_up_to(first + q * rows.ld + k, n));
            });
        }
        for_tiles(x.d, [&](Size j, auto n) HWY_ATTR {
            sums_tile<V, decltype(n)::value>(depth, panel, x.xt + j * x.ldx + k0, x.ldx, out + j, ldo,
                                             rows.count);
        });
    }
}

// Few rows or few inputs: lanes across samples. The common factor is multiplied into whichever are fewer.
void sums_by_dots(const double* common, const SampleRows& rows, const PackedSamples& x, Size chunk,
                  double* out, Size ldo) {
    const Size stride = round_up(chunk, kLanes);
    const Scratch<const double*> pointers(rows.count + x.d);
    const double** const row = pointers.data();
    const double** const input = row + rows.count;
    const double** const scaled_rows = x.d < rows.count ? input : row;
    const Size scaled_count = common == nullptr ? 0 : std::min(x.d, rows.count);
    const Scratch<double> scaled(scaled_count * stride);
    for (Size k0 = 0; k0 < x.count; k0 += chunk) {
        const Size depth = std::min(chunk, x.count - k0);
        for (Size q = 0; q < rows.count; ++q) row[q] = rows.rows + q * rows.ld + k0;
        for (Size j = 0; j < x.d; ++j) input[j] = x.xt + j * x.ldx + k0;
        for (Size s = 0; s < scaled_count; ++s) {
            multiply_row(common + k0, scaled_rows[s], depth, scaled.data() + s * stride);
            scaled_rows[s] = scaled.data() + s * stride;
        }
        dots_by_rows(row, rows.count, input, x.d, depth, out, ldo);
    }
}

void sums(const double* common, const SampleRows& all, const PackedSamples& x, double* out, Size ldo,
          const LayerBlocking& blocking) {
    const Size chunk = chunk_of(x.count, blocking.depth);
    for (Size q = 0; q < all.count;) {
        SampleRows rows{all.rows + q * all.ld, all.ld, all.count - q};
        double* const to = out + q * ldo;
        if (x.d <= kFewInputs || rows.count <= kLanes / 2) {
            sums_by_dots(common, rows, x, chunk, to, ldo);
        } else if (rows.count > 2 * kLanes) {
            rows.count = std::min<Size>(rows.count, 3 * kLanes);
            sums_group<3>(common, rows, x, chunk, to, ldo);
        } else if (rows.count > kLanes) {
            sums_group<2>(common, rows, x, chunk, to, ldo);
        } else {
            sums_group<1>(common, rows, x, chunk, to, ldo);
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

void weighted_sums_blocked(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                           Size ldo, const LayerBlocking& blocking) {
    TEPUI_DISPATCH(sums)(common, rows, x, out, ldo, blocking);
}

void weighted_sums(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                   Size ldo) {
    weighted_sums_blocked(common, rows, x, out, ldo, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
