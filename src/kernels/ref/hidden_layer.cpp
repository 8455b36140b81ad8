// Preactivations and weighted sums of samples, written as they are defined.
#include "kernels/hidden_layer.hpp"

namespace tepui::kernels::ref {

void preactivations(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                    double* z, Size ldz) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) {
            double sum = 0;
            for (Size j = 0; j < d; ++j) sum += w[i * ldw + j] * xt[j * ldx + k];
            z[i * ldz + k] = sum;
        }
    }
}

void weighted_sums(const double* common, const double* rows, Size ldr, Size q_count, Size d, const double* xt,
                   Size ldx, Size count, double* out, Size ldo) {
    for (Size q = 0; q < q_count; ++q) {
        for (Size j = 0; j < d; ++j) {
            double sum = 0;
            for (Size k = 0; k < count; ++k) {
                const double factor = common == nullptr ? 1.0 : common[k];
                sum += factor * rows[q * ldr + k] * xt[j * ldx + k];
            }
            out[q * ldo + j] += sum;
        }
    }
}

}  // namespace tepui::kernels::ref
