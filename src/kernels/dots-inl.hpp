// Dot products of few rows with few others, lanes across samples: nothing is transposed but the sums at the
// end. Each vector that is loaded serves several multiply-adds. Compiled for every instruction set in
// dots.cpp.
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

// out[r * ldo + t] += sum_k rows[r][k] others[t][k], k < count, each entry in an order that depends on count
// alone. A few rows stay in the first-level cache while all others pass, or a few others while all rows do.
void dots_by_rows(const double* const* rows, Size row_count, const double* const* others, Size other_count,
                  Size count, double* out, Size ldo);
void dots_by_others(const double* const* rows, Size row_count, const double* const* others, Size other_count,
                    Size count, double* out, Size ldo);

// A row times a common factor, up to whole vectors with zeros behind them.
HWY_INLINE void multiply_row(const double* HWY_RESTRICT common, const double* HWY_RESTRICT row, Size count,
                             double* HWY_RESTRICT out) {
    const Tag tag;
    Size k = 0;
    for (; k + kLanes <= count; k += kLanes)
        hn::Store(hn::Mul(hn::LoadU(tag, common + k), hn::LoadU(tag, row + k)), tag, out + k);
    if (k == count) return;
    hn::Store(hn::Mul(load_partial(common + k, count - k), load_partial(row + k, count - k)), tag, out + k);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_DOTS_INL
