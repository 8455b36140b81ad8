// Elementwise work of a Hessian-vector product, between its two matrix products (MATH.md section 1). Rows
// have their samples contiguous; nothing past count is touched.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

// sigma and its first two derivatives for m neurons and count samples, row i at i * ld.
struct LayerDerivatives {
    const double* value;
    const double* first;
    const double* second;
    Size ld, m, count;
};

// What belongs to one direction: t, one a sample, and rows of neurons, row i at i * ld.
struct DirectionRows {
    double* t;
    double* rows;
    double* values;
    Size ld;
};

// For a direction with output weights b and rows p_i = V_i . x, which are in out.rows:
//     t_k = sum_i (b_i u_ik + a_i u'_ik p_ik), neurons in order,
//     values_ik = G_k t_k u_ik + g_k u'_ik p_ik,
//     rows_ik = G_k t_k a_i u'_ik + g_k (b_i u'_ik + a_i u''_ik p_ik), in the place of p,
// with the slope g and the bend G of the loss of one output.
void hessian_vector_rows(const double* a, const double* b, const LayerDerivatives& layer, const double* bend,
                         const double* slope, const DirectionRows& out);

// sums_i += sum_k rows_ik, in an order that depends on count and the ISA alone.
void row_sums(Size m, const double* rows, Size ldr, Size count, double* sums);

namespace ref {
void hessian_vector_rows(const double* a, const double* b, const LayerDerivatives& layer,
                         const double* weights, const double* weighted_residuals, const DirectionRows& out);
void row_sums(Size m, const double* rows, Size ldr, Size count, double* sums);
}  // namespace ref

}  // namespace tepui::kernels
