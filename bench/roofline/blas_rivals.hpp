// The sums over samples as one composes them from BLAS: one product for each coefficient row.
#pragma once

#include "core/buffer.hpp"
#include "core/sizes.hpp"

namespace tepui::bench {

// Samples as users hold them, x[k][d], and room for one scaled copy and one result.
class BlasGram {
  public:
    BlasGram(Size inputs, Size samples);

    double* samples() { return x_.data(); }
    const double* samples() const { return x_.data(); }

    // For each coefficient row c = rows + q * ld: X^T (diag(c) X), whole.
    void gemm_loop(const double* rows, Size ld, Size row_count, int threads);
    // The same by symmetric updates of half the flops, X scaled by sqrt |c|: one for the samples with c > 0
    // and one for the rest.
    void syrk_loop(const double* rows, Size ld, Size row_count, int threads);

  private:
    Size d_, n_;
    Buffer<double> x_, scaled_, g_;
};

}  // namespace tepui::bench
