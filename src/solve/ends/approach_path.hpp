// The loss on the way to an end at infinity, along the networks at finite weights that tend to it.
#pragma once

#include <vector>

#include "classification/infinity/end_verdict.hpp"

namespace tepui {

struct ApproachPath {
    std::vector<double> inverse_steps;  // 1 / eps, rising: the size of what runs off
    std::vector<double> changes;        // L(eps) - L(limit), all else as in the limit
    std::vector<double> errors;         // bounds on their rounding
};

// All units at the same eps, those of a saddle that fall along the networks that fall. Steps at which the
// loss overflows are left out. Empty where the limit has no finite networks of that kind.
ApproachPath approach_path(const Dataset& data, const EndReport& end, const Execution& execution);

}  // namespace tepui
