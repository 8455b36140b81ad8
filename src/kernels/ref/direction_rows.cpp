#include "kernels/direction_rows.hpp"

namespace tepui::kernels::ref {

void hessian_vector_rows(const double* a, const double* b, const LayerDerivatives& layer,
                         const double* weights, const double* weighted_residuals, const DirectionRows& out) {
    for (Size k = 0; k < layer.count; ++k) {
        out.t[k] = 0.0;
        for (Size i = 0; i < layer.m; ++i)
            out.t[k] += b[i] * layer.value[i * layer.ld + k] +
                        a[i] * layer.first[i * layer.ld + k] * out.rows[i * out.ld + k];
    }
    for (Size i = 0; i < layer.m; ++i) {
        for (Size k = 0; k < layer.count; ++k) {
            const double u = layer.value[i * layer.ld + k], first = layer.first[i * layer.ld + k];
            const double p = out.rows[i * out.ld + k], weighted = weights[k] * out.t[k];
            out.values[i * out.ld + k] = weighted * u + weighted_residuals[k] * first * p;
            out.rows[i * out.ld + k] =
                weighted * a[i] * first +
                weighted_residuals[k] * (b[i] * first + a[i] * layer.second[i * layer.ld + k] * p);
        }
    }
}

void row_sums(Size m, const double* rows, Size ldr, Size count, double* sums) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) sums[i] += rows[i * ldr + k];
    }
}

}  // namespace tepui::kernels::ref
