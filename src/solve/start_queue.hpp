// The starts of a search, shared out over threads and ranks.
#pragma once

#include "solve/search_space.hpp"
#include "solve/solve.hpp"

namespace tepui {

inline constexpr const char* kSolving = "solving";  // the phase that a listener hears of

struct FinishedStarts {
    std::vector<StartReport> reports;
    std::vector<Network> inside;  // where they ended, in the coordinates of the space
};
FinishedStarts run_starts(const SearchSpace& space, const Network& prototype, const SolveOptions& options,
                          const Execution& execution);

}  // namespace tepui
