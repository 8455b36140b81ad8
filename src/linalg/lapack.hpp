// What every LAPACK call here needs: a narrow integer, a clean input, a working copy. Private to src/linalg.
//
// A row-major symmetric matrix is its own column-major image with the triangles exchanged: the lower triangle
// of ours is the upper triangle ('U') of LAPACK's, so nothing is ever transposed.
#pragma once

#include <lapacke.h>

#include <span>

#include "core/matrix.hpp"

namespace tepui::linalg {

inline constexpr char kOurLower = 'U';

// The order of a square matrix as LAPACK counts; throws invalid_size when it is not square or does not fit.
lapack_int lapack_order(const Matrix& a);

// Throws Status::numeric when the lower triangle holds a NaN or an infinity: LAPACK would loop or answer at
// random.
void require_finite_triangle(const Matrix& a);

// Throws Status::internal for a negative info: an argument of ours was refused.
void require_accepted(lapack_int info, const char* routine);

}  // namespace tepui::linalg
