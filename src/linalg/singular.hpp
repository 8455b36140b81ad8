// Singular values and right singular vectors through LAPACKE.
#pragma once

#include "core/matrix.hpp"

namespace tepui::linalg {

struct RightSingular {
    Buffer<double> values;  // descending
    Matrix vectors;         // row l is the right singular vector of values[l]
};
// The first min(rows, columns) of them.
RightSingular right_singular(const Matrix& a);

}  // namespace tepui::linalg
