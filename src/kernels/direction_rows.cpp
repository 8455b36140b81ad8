#include "kernels/direction_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/direction_rows.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/panel-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

void direction_rows(const double* a, const double* b, const LayerDerivatives& layer, const double* weights,
                    const double* weighted_residuals, const DirectionRows& out) {
    const Size m = layer.m, count = layer.count;
    double* const t = out.t;
    std::fill_n(t, count, 0.0);
    for (Size i = 0; i < m; ++i) {
        const double* const u = layer.value + i * layer.ld;
        const double* const slope = layer.first + i * layer.ld;
        const double* const p = out.rows + i * out.ld;
        const Vector ai = hn::Set(Tag(), a[i]), bi = hn::Set(Tag(), b[i]);
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            const Vector step = hn::Mul(hn::Mul(ai, load_up_to(slope + k, n)), load_up_to(p + k, n));
            const Vector change = hn::MulAdd(bi, load_up_to(u + k, n), step);
            store_up_to(hn::Add(load_up_to(t + k, n), change), t + k, n);
        });
    }
    for (Size i = 0; i < m; ++i) {
        const double* const u = layer.value + i * layer.ld;
        const double* const slope = layer.first + i * layer.ld;
        const double* const curvature = layer.second + i * layer.ld;
        double* const row = out.rows + i * out.ld;
        double* const value_row = out.values + i * out.ld;
        const Vector ai = hn::Set(Tag(), a[i]), bi = hn::Set(Tag(), b[i]);
        for_each_vector(count, [&](Size k, Size n) HWY_ATTR {
            const Vector p = load_up_to(row + k, n);
            const Vector first = load_up_to(slope + k, n);
            const Vector weighted = hn::Mul(load_up_to(weights + k, n), load_up_to(t + k, n));
            const Vector residual = load_up_to(weighted_residuals + k, n);
            const Vector bent = hn::Mul(hn::Mul(ai, load_up_to(curvature + k, n)), p);
            store_up_to(hn::MulAdd(weighted, load_up_to(u + k, n), hn::Mul(residual, hn::Mul(first, p))),
                        value_row + k, n);
            store_up_to(
                hn::MulAdd(weighted, hn::Mul(ai, first), hn::Mul(residual, hn::MulAdd(bi, first, bent))),
                row + k, n);
        });
    }
}

// Two partial sums of vectors.
void sums_of_rows(Size m, const double* rows, Size ldr, Size count, double* sums) {
    const Tag tag;
    for (Size i = 0; i < m; ++i) {
        const double* const row = rows + i * ldr;
        Vector even = hn::Zero(tag), odd = hn::Zero(tag);
        Size k = 0;
        for (; k + 2 * kLanes <= count; k += 2 * kLanes) {
            even = hn::Add(even, load_up_to(row + k, kLanes));
            odd = hn::Add(odd, load_up_to(row + k + kLanes, kLanes));
        }
        for (; k < count; k += kLanes)
            even = hn::Add(even, load_up_to(row + k, std::min<Size>(kLanes, count - k)));
        sums[i] += hn::GetLane(hn::SumOfLanes(tag, hn::Add(even, odd)));
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(direction_rows);
HWY_EXPORT(sums_of_rows);

void hessian_vector_rows(const double* a, const double* b, const LayerDerivatives& layer,
                         const double* weights, const double* weighted_residuals, const DirectionRows& out) {
    TEPUI_DISPATCH(direction_rows)(a, b, layer, weights, weighted_residuals, out);
}

void row_sums(Size m, const double* rows, Size ldr, Size count, double* sums) {
    TEPUI_DISPATCH(sums_of_rows)(m, rows, ldr, count, sums);
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
