// What a start has come to, in the inputs of the given data: the same test as the verdict's decides whether
// it is a stationary point.
#pragma once

#include "solve/search_space.hpp"
#include "solve/solve.hpp"

namespace tepui {

// The report of a start that ran in the coordinates of the space.
StartReport settled(const SearchSpace& space, const SolveOptions& options, StartReport inside,
                    const Execution& execution);

}  // namespace tepui
