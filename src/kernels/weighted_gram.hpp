// The one primitive behind every Hessian (MATH.md section 1): G_q = sum_k c_qk x_k x_k^T for all coefficient
// rows q, only the lower triangle. Samples come packed: xt[j * ldx + k], k contiguous.
//
// Layout of the result, also that of the batched eigensolver: pair-major, g[p * ldg + q] with p = i (i + 1) /
// 2 + j for i >= j, so the rows q of one index pair are contiguous and a vector holds one entry of many
// matrices.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

// A coefficient row: c_k = left[k] * right[k], or left[k] when right is null.
struct GramRow {
    const double* left = nullptr;
    const double* right = nullptr;
};

// g[p * ldg + q] += sum_k c_qk xt[i * ldx + k] xt[j * ldx + k] for pairs p in [pair_begin, pair_end), rows q
// in [0, q_count). ldg >= q_count; entries q >= q_count are not touched. Each entry is summed in an order
// that depends on its pair, d, count, q_count and the ISA, never on the range: the result is bitwise the same
// however the pairs are divided among calls.
void weighted_gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg);

namespace ref {
void weighted_gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg);
}  // namespace ref

}  // namespace tepui::kernels
