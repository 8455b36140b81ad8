// Samples packed for the kernels from a caller's plain array: inputs by rows, k contiguous.
#pragma once

#include "core/sizes.hpp"

namespace tepui::api {

// Samples per block, from the number of inputs alone so that sums are cut alike for any number of threads.
Size block_samples(Size d);

// out[q][i][j], full symmetric, from the pair-major lower triangles pairs[p * stride + q], q in [begin, end).
void unpack_pairs(const double* pairs, Size stride, Size d, Size begin, Size end, double* out, Size ld);

}  // namespace tepui::api
