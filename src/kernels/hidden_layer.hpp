// Preactivations of a block of samples and the transposed product (weighted sums of samples).
// Samples come packed: xt[j * ldx + k] is input j of sample k, k contiguous.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

// z[i * ldz + k] = sum_j w[i * ldw + j] xt[j * ldx + k]      (m neurons, d inputs, count samples)
void preactivations(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                    double* z, Size ldz);

// out[q * ldo + j] += sum_k common[k] rows[q * ldr + k] xt[j * ldx + k]      (q_count rows), common null: 1.
// The order of each sum depends on count, the ISA, q, q_count and whether d <= kFewInputs.
inline constexpr Size kFewInputs = 16;
void weighted_sums(const double* common, const double* rows, Size ldr, Size q_count, Size d, const double* xt,
                   Size ldx, Size count, double* out, Size ldo);

namespace ref {
void preactivations(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                    double* z, Size ldz);
void weighted_sums(const double* common, const double* rows, Size ldr, Size q_count, Size d, const double* xt,
                   Size ldx, Size count, double* out, Size ldo);
}  // namespace ref

}  // namespace tepui::kernels
