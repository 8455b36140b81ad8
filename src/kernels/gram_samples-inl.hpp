// The weighted Gram with the vector lanes across samples, for few index pairs: the products x_i x_j are
// formed once, as rows of samples, and each entry is the dot product of such a row with a coefficient row
// where it lies. Nothing is transposed, but each tile leaves vectors whose lanes must be summed.
#if defined(TEPUI_KERNELS_GRAM_SAMPLES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TEPUI_KERNELS_GRAM_SAMPLES_INL
#undef TEPUI_KERNELS_GRAM_SAMPLES_INL
#else
#define TEPUI_KERNELS_GRAM_SAMPLES_INL
#endif

#include "kernels/dots-inl.hpp"
#include "kernels/gram_problem.hpp"
#include "kernels/scratch.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

constexpr Size kPairsAtOnce = 24;  // whose products lie beside each other

// A right factor that all rows share goes into the products, others into copies of their rows.
inline bool same_right(const GramRow* rows, Size q_count) {
    return std::all_of(rows, rows + q_count, [&](const GramRow& row) { return row.right == rows->right; });
}

// Rows of x_i x_j, times `common` unless that is null, for `count` pairs from `first` on.
inline void multiply_pairs(const GramProblem<double>& problem, Size k0, Size length, const double* common,
                           Size first, Size count, double* scaled, double* products, Size stride) {
    Size i = row_of_pair(first), j = first - triangle(i);
    const double* left = nullptr;
    for (Size p = 0; p < count; ++p) {
        if (p == 0 || j == 0) {
            left = problem.xt + i * problem.ldx + k0;
            if (common != nullptr) {
                multiply_row(common + k0, left, length, scaled);
                left = scaled;
            }
        }
        multiply_row(left, problem.xt + j * problem.ldx + k0, length, products + p * stride);
        if (++j > i) ++i, j = 0;
    }
}

inline void gram_by_samples(const GramProblem<double>& problem, const GramRow* rows, Size q_count, double* g,
                            const GramBlocking& blocking) {
    // The products stay in the first-level cache, the coefficients come from the second once.
    constexpr Size kMost = machine::kL1Depth;
    const Size most = blocking.samples > 0 ? std::min(blocking.samples, kMost) : kMost;
    const Size depth = chunk_length(problem.count, most, kLanes);
    const Size stride = round_up(depth, kLanes);
    const Size pairs = std::min(problem.pair_end - problem.pair_begin, kPairsAtOnce);
    const bool shared = same_right(rows, q_count);
    const Scratch<double> products((pairs + 1) * stride);
    const Scratch<double> own(shared ? 0 : q_count * stride);
    const Scratch<const double*> pointers(pairs + q_count);
    const double** const product_rows = pointers.data();
    const double** const coefficients = product_rows + pairs;
    for (Size p = 0; p < pairs; ++p) product_rows[p] = products.data() + (p + 1) * stride;
    for (Size k0 = 0; k0 < problem.count; k0 += depth) {
        const Size length = std::min(depth, problem.count - k0);
        for (Size q = 0; q < q_count; ++q) {
            coefficients[q] = rows[q].left + k0;
            if (shared || rows[q].right == nullptr) continue;
            multiply_row(rows[q].right + k0, coefficients[q], length, own.data() + q * stride);
            coefficients[q] = own.data() + q * stride;
        }
        for (Size first = problem.pair_begin; first < problem.pair_end; first += pairs) {
            const Size now = std::min(pairs, problem.pair_end - first);
            multiply_pairs(problem, k0, length, shared ? rows->right : nullptr, first, now, products.data(),
                           products.data() + stride, stride);
            dots_by_others(product_rows, now, coefficients, q_count, length, g + first * problem.ldg,
                           problem.ldg);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#endif  // TEPUI_KERNELS_GRAM_SAMPLES_INL
