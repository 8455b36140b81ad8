// Which starts ended at the same point.
#pragma once

#include <vector>

#include "solve/search_space.hpp"
#include "solve/solve.hpp"

namespace tepui {

// Numbers the converged starts by the point they reached. inside: their ends in the coordinates of the space.
// One point are networks that agree up to symmetry; all global minima of zero loss, or of the least loss that
// the means of samples with equal inputs allow: they are one function on the data; and of a search for minima
// any others of equal loss and equal outputs on the data, such as the points of one plateau.
std::vector<DistinctPoint> distinct_points(const SearchSpace& space, const SolveOptions& options,
                                           const std::vector<Network>& inside,
                                           std::vector<StartReport>& starts);

}  // namespace tepui
