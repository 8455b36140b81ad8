// Eigenvalues and eigenvectors of many small symmetric matrices at once, one matrix per vector lane.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

inline constexpr Size kBatchedEigenMaxOrder = 32;

// Input in the layout of weighted_gram: g[p * ldg + q], p = i (i + 1) / 2 + j for i >= j, matrices q in [0,
// count), order d <= kBatchedEigenMaxOrder. values[l * ldv + q]: ascending in l. vectors[(l * d + j) * ldv +
// q]: component j of the unit eigenvector of value l; null when not wanted. ldv >= count. Returns the number
// of matrices that did not converge (non-finite input counts as such; its outputs are NaN).
Size batched_eigen(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv);

namespace ref {
Size batched_eigen(Size d, Size count, const double* g, Size ldg, double* values, double* vectors, Size ldv);
}  // namespace ref

}  // namespace tepui::kernels
