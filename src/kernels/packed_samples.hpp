// Samples and rows of coefficients as kernels take them.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

// Input j of sample k, j < d, k < count, is xt[j * ldx + k].
template <class T>
struct PackedSamplesOf {
    const T* xt;
    Size ldx, count, d;
};
using PackedSamples = PackedSamplesOf<double>;

// Element k of row q, q < count, is rows[q * ld + k]: one for each sample.
struct SampleRows {
    const double* rows;
    Size ld, count;
};

// Index pairs (i, j), i >= j, numbered i (i + 1) / 2 + j: those of [begin, end).
struct PairRange {
    Size begin, end;
};

}  // namespace tepui::kernels
