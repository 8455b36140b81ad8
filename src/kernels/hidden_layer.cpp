#include "kernels/hidden_layer.hpp"

namespace tepui::kernels {

void preactivations(const double* w, Size ldw, Size m, Size d, const double* xt, Size ldx, Size count,
                    double* z, Size ldz) {
    ref::preactivations(w, ldw, m, d, xt, ldx, count, z, ldz);
}

void weighted_sums(const double* rows, Size ldr, Size q_count, Size d, const double* xt, Size ldx, Size count,
                   double* out, Size ldo) {
    ref::weighted_sums(rows, ldr, q_count, d, xt, ldx, count, out, ldo);
}

}  // namespace tepui::kernels
