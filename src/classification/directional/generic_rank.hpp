// How many of the outputs of all samples parameters on the faces of the kinks move independently that no
// weight decay pulls at, for almost all parameters with this pattern of signs (MATH.md section 9): the
// outputs are polynomials there.
#pragma once

#include <optional>
#include <span>

#include "classification/directional/kinked_point.hpp"

namespace tepui {

// Of outputs up to what all of them share where the loss does not see that. Exact for the inputs as they are
// but for a chance of about 2^-50: at parameters drawn from the integers modulo 2^61 - 1. kink_ranks: of
// every neuron how many directions its kinks are known to hold, -1: not known; none: of no neuron. Empty:
// beyond kMostRanked parameters, or where the exact inputs of the kinks hold others.
inline constexpr Size kMostRanked = 600;
std::optional<Size> generic_rank(const KinkedPoint& point, std::span<const Size> kink_ranks = {});

}  // namespace tepui
