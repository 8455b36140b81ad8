// Elementwise work on rows of samples: what lies between the hidden layer and the sums over samples. Rows
// have their samples contiguous, row i at rows + i * ld; nothing past count is touched.
#pragma once

#include "core/sizes.hpp"

namespace tepui::kernels {

// Rows of more inputs are asked for to come ahead.
inline constexpr Size kShortRow = 24;

// xt[j * ldxt + k] = x[k * ldx + j], j < features, k < count.
void transpose_samples(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt);
void transpose_samples(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt);

// f_k = sum_i a_i u_ik and magnitude_k = |y_k| + sum_i |a_i u_ik|, neurons in order.
void network_outputs(const double* a, Size m, const double* u, Size ldu, const double* y, Size count,
                     double* f, double* magnitude);

// out_ik = common_k (scale_i rows_ik), scale null: 1.
void scale_rows(const double* scale, const double* common, Size m, const double* rows, Size ldr, Size count,
                double* out, Size ldo);
// The absolute values of that.
void scale_rows_absolute(const double* scale, const double* common, Size m, const double* rows, Size ldr,
                         Size count, double* out, Size ldo);

// out_ik = |rows_ik|, rows_ik^2
void absolute_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo);
void square_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo);

// out_ik = rows_ik in single precision, infinite beyond its range; returns the largest |rows_ik|.
double single_rows(Size m, const double* rows, Size ldr, Size count, float* out, Size ldo);

// sums_i += sum_k common_k rows_ik, in an order that depends on count and the ISA alone.
void row_dots(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums);
// sums_i += sum_k |common_k rows_ik|
void row_dots_absolute(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums);

namespace ref {
void transpose_samples(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt);
void transpose_samples(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt);
void network_outputs(const double* a, Size m, const double* u, Size ldu, const double* y, Size count,
                     double* f, double* magnitude);
void scale_rows(const double* scale, const double* common, Size m, const double* rows, Size ldr, Size count,
                double* out, Size ldo);
void scale_rows_absolute(const double* scale, const double* common, Size m, const double* rows, Size ldr,
                         Size count, double* out, Size ldo);
void absolute_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo);
void square_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo);
double single_rows(Size m, const double* rows, Size ldr, Size count, float* out, Size ldo);
void row_dots(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums);
void row_dots_absolute(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums);
}  // namespace ref

}  // namespace tepui::kernels
