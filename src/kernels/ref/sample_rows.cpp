#include "kernels/sample_rows.hpp"

#include <algorithm>
#include <cmath>

namespace tepui::kernels::ref {

void transpose_samples(const double* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    for (Size k = 0; k < count; ++k) {
        for (Size j = 0; j < features; ++j) xt[j * ldxt + k] = x[k * ldx + j];
    }
}

void transpose_samples(const float* x, Size ldx, Size count, Size features, double* xt, Size ldxt) {
    for (Size k = 0; k < count; ++k) {
        for (Size j = 0; j < features; ++j) xt[j * ldxt + k] = x[k * ldx + j];
    }
}

void network_outputs(const double* a, Size m, const double* u, Size ldu, const double* y, Size count,
                     double* f, double* magnitude) {
    for (Size k = 0; k < count; ++k) {
        f[k] = 0.0;
        magnitude[k] = std::abs(y[k]);
        for (Size i = 0; i < m; ++i) {
            f[k] += a[i] * u[i * ldu + k];
            magnitude[k] += std::abs(a[i] * u[i * ldu + k]);
        }
    }
}

void scale_rows(const double* scale, const double* common, Size m, const double* rows, Size ldr, Size count,
                double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) {
            out[i * ldo + k] = common[k] * ((scale != nullptr ? scale[i] : 1.0) * rows[i * ldr + k]);
        }
    }
}

void scale_rows_absolute(const double* scale, const double* common, Size m, const double* rows, Size ldr,
                         Size count, double* out, Size ldo) {
    scale_rows(scale, common, m, rows, ldr, count, out, ldo);
    absolute_rows(m, out, ldo, count, out, ldo);
}

void absolute_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) out[i * ldo + k] = std::abs(rows[i * ldr + k]);
    }
}

void square_rows(Size m, const double* rows, Size ldr, Size count, double* out, Size ldo) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) out[i * ldo + k] = rows[i * ldr + k] * rows[i * ldr + k];
    }
}

double single_rows(Size m, const double* rows, Size ldr, Size count, float* out, Size ldo) {
    double largest = 0.0;
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) {
            out[i * ldo + k] = static_cast<float>(rows[i * ldr + k]);
            largest = std::max(largest, std::abs(rows[i * ldr + k]));
        }
    }
    return largest;
}

void row_dots(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) sums[i] += common[k] * rows[i * ldr + k];
    }
}

void row_dots_absolute(const double* common, Size m, const double* rows, Size ldr, Size count, double* sums) {
    for (Size i = 0; i < m; ++i) {
        for (Size k = 0; k < count; ++k) sums[i] += std::abs(common[k] * rows[i * ldr + k]);
    }
}

}  // namespace tepui::kernels::ref
