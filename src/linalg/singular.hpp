// Singular values and right singular vectors through LAPACKE.
#pragma once

#include "core/matrix.hpp"

namespace tepui::linalg {

struct RightSingular {
    Buffer<double> values;  // descending
    Matrix vectors;         // row l is the right singular vector of values[l]
};
RightSingular right_singular(const Matrix& a);  // at least as many rows as columns

}  // namespace tepui::linalg
