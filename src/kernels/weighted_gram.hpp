// The one primitive behind every Hessian (MATH.md section 1): G_q = sum_k c_qk x_k x_k^T for all coefficient
// rows q, only the lower triangle.
//
// Layout of the result, also that of the batched eigensolver: pair-major, g[p * ldg + q] with p = i (i + 1) /
// 2 + j for i >= j, so the rows q of one index pair are contiguous and a vector holds one entry of many
// matrices.
#pragma once

#include "kernels/packed_samples.hpp"

namespace tepui::kernels {

// A coefficient row: c_k = left[k] * right[k], or left[k] when right is null.
template <class T>
struct GramRowOf {
    const T* left = nullptr;
    const T* right = nullptr;
};
using GramRow = GramRowOf<double>;

// g[p * ldg + q] += sum_k c_qk x_ik x_jk for the pairs p of a range, rows q in [0, q_count). ldg >= q_count;
// entries q >= q_count are not touched. Each entry is summed in an order that depends on its pair, d, the
// number of samples, q_count and the ISA, never on the range: the result is bitwise the same however the
// pairs are divided among calls.
void weighted_gram(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs, double* g,
                   Size ldg);

// The same with products and sums of at most kSingleTerms of them in single precision; such partial sums are
// added in double. Where inputs and coefficients (those without a right factor) were rounded to single
// precision, entry (i, j) errs by at most kSingleGramError sum_k |c_qk x_ki x_kj| beyond what double
// precision errs, as long as nothing underflows (MATH.md section 10): gamma_n = n u / (1 - n u), u = 2^-24, n
// = terms + 4.
inline constexpr Size kSingleTerms = 512;
inline constexpr double kSingleGramError =
    (kSingleTerms + 4) * 0x1p-24 / (1.0 - (kSingleTerms + 4) * 0x1p-24);
void weighted_gram(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                   PairRange pairs, double* g, Size ldg);

namespace ref {
void weighted_gram(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs, double* g,
                   Size ldg);
void weighted_gram(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                   PairRange pairs, double* g, Size ldg);
}  // namespace ref

}  // namespace tepui::kernels
