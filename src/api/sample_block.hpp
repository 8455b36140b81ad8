// Samples packed for the kernels from a caller's plain array: inputs by rows, k contiguous.
#pragma once

#include "core/sizes.hpp"

namespace tepui::api {

// Samples per block, from the number of inputs alone so that sums are cut alike for any number of threads.
Size block_samples(Size d);

// xt[j * stride + k] = x[k * ldx + j] for k in [begin, end), j in [0, d).
void pack_samples(const double* x, Size ldx, Size begin, Size end, Size d, double* xt, Size stride);

// out[q][i][j], full symmetric, from the pair-major lower triangles pairs[p * stride + q], q in [begin, end).
void unpack_pairs(const double* pairs, Size stride, Size d, Size begin, Size end, double* out, Size ld);

}  // namespace tepui::api
