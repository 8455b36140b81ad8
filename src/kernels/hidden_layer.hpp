// Preactivations of a block of samples and the transposed product (weighted sums of samples).
#pragma once

#include "kernels/packed_samples.hpp"

namespace tepui::kernels {

// z[i * ldz + k] = sum_j w[i * ldw + j] x_jk for m neurons.
void preactivations(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz);

// out[q * ldo + j] += sum_k common[k] rows_qk x_jk, common null: 1. The order of each sum depends on the
// number of samples, the ISA, q, the number of rows and, where d <= kFewInputs, on d.
inline constexpr Size kFewInputs = 16;
void weighted_sums(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                   Size ldo);

namespace ref {
void preactivations(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz);
void weighted_sums(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                   Size ldo);
}  // namespace ref

}  // namespace tepui::kernels
