// How many of the outputs of all samples parameters on the faces of the kinks move independently, for almost
// all parameters with this pattern of signs (MATH.md section 9): the outputs are polynomials there.
#pragma once

#include <optional>

#include "classification/directional/kinked_point.hpp"

namespace tepui {

// Of outputs up to what all of them share where the loss does not see that. Exact for the inputs as they are
// but for a chance of about 2^-50: at parameters drawn from the integers modulo 2^61 - 1. Empty: beyond
// kMostRanked parameters.
inline constexpr Size kMostRanked = 600;
std::optional<Size> generic_rank(const KinkedPoint& point);

}  // namespace tepui
