// Another point that may be the stationary one, as far as the gradient can tell: where Newton's method does
// not see a difference, because the Hessian is singular along the way or the preactivations are known no
// better (MATH.md section 10, the slack of stationarity).
#pragma once

#include <optional>

#include "classification/spectrum/equilibration.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "network/derivatives/hessian.hpp"

namespace tepui {

// The largest component of a gradient beside what rounding makes of it.
double above_rounding(const Gradient& gradient);

// From the end of Newton's method, with the Hessian there. singular: whether that may have zero eigenvalues.
// Empty where the point is as well known as its numbers are.
std::optional<Network> slack_point(const Dataset& data, const Network& network, const HessianValue& hessian,
                                   bool singular, const Tolerances& tolerances, const Execution& execution);

}  // namespace tepui
