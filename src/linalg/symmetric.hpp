// Dense symmetric problems through LAPACKE. Matrices are row-major; the lower triangle is read.
#pragma once

#include <span>

#include "core/matrix.hpp"

namespace tepui::linalg {

struct SymmetricEigen {
    Buffer<double> values;  // ascending
    Matrix vectors;         // row l is the unit eigenvector of values[l]; empty when not asked for
};
SymmetricEigen symmetric_eigen(const Matrix& a, bool want_vectors);

// Numbers of negative and positive eigenvalues of a - shift I from Bunch-Kaufman LDL^T (Sylvester's law): no
// spectrum.
struct ShiftedInertia {
    Size negative = 0;
    Size zero = 0;
    Size positive = 0;
};
ShiftedInertia shifted_inertia(const Matrix& a, double shift);

// True when Cholesky of a - shift I succeeds: every eigenvalue exceeds shift (up to rounding).
bool is_positive_definite(const Matrix& a, double shift);

// Solves (a + shift I) x = b by Cholesky; false when a + shift I is not positive definite.
bool solve_positive_definite(const Matrix& a, double shift, std::span<const double> b, std::span<double> x);

}  // namespace tepui::linalg
