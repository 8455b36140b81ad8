// Preactivations and weighted sums of samples, written as they are defined.
#include "kernels/hidden_layer.hpp"

namespace tepui::kernels::ref {

void preactivations(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < x.count; ++k) {
            double sum = 0;
            for (Size j = 0; j < x.d; ++j) sum += w[i * ldw + j] * x.xt[j * x.ldx + k];
            z[i * ldz + k] = sum;
        }
    }
}

void weighted_sums(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                   Size ldo) {
    for (Size q = 0; q < rows.count; ++q) {
        for (Size j = 0; j < x.d; ++j) {
            double sum = 0;
            for (Size k = 0; k < x.count; ++k) {
                const double factor = common == nullptr ? 1.0 : common[k];
                sum += factor * rows.rows[q * rows.ld + k] * x.xt[j * x.ldx + k];
            }
            out[q * ldo + j] += sum;
        }
    }
}

}  // namespace tepui::kernels::ref
