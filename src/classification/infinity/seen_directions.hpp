// Coordinates of the directions v that a set of rows sees and that are orthogonal to others.
#pragma once

#include "core/matrix.hpp"

namespace tepui {

// Rows b_q, so that v = sum_q p_q b_q has kept v = 0 and a mean square of rows v of |p|^2. Directions in
// which the rows differ by less than 1e-9 of their size are rounding of the data (the sum of other columns as
// numbers print it) and left out.
Matrix seen_directions(const Matrix& rows, const Matrix& kept);

}  // namespace tepui
