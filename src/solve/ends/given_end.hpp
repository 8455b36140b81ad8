// Ends in the inputs of the given data, and which of them are the same.
#pragma once

#include "solve/search_space.hpp"
#include "solve/solve.hpp"

namespace tepui {

// The end of a start that ran in the coordinates of the space. A limit is told again by the given samples:
// which of them are on a hyperplane, and on which side of it.
std::shared_ptr<const EndReport> outward(const SearchSpace& space, const EndReport& inside);

// By ascending loss. Equal ends have equal units, loss and outputs on the data; all of zero
// loss are one. Sets the `distinct_end` of
// the starts.
std::vector<DistinctEnd> distinct_ends(const Dataset& data, std::vector<StartReport>& starts);

}  // namespace tepui
