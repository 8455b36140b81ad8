// Which samples point in the same direction of input space: what decides whether sum_k c_k sigma(w . x_k) can
// vanish identically (MATH.md section 4, locally effective parents).
#pragma once

#include <span>

#include "network/data/dataset.hpp"

namespace tepui {

// True when some direction class of the inputs (x and y are in one class when parallel or antiparallel) holds
// a single input vector, not zero, whose coefficients c_k = s_k r_k, summed over its copies, do not cancel.
// Functions F_g(u_g . w) of pairwise non-parallel directions u_g sum to zero on an open set only when each
// F_g is a polynomial, so for an analytic non-polynomial sigma this implies that sum_k c_k sigma(w . x_k) is
// not identically zero anywhere. Inputs that are parallel within rounding count as parallel. relative_error:
// error of the residuals relative to their root mean square.
bool has_isolated_direction(const Dataset& data, std::span<const double> residuals, double relative_error);

}  // namespace tepui
