// Ends at which groups of classes are told apart and samples lie on the border (MATH.md section 13): which
// samples do, by Newton's method for each set of them.
#pragma once

#include <optional>

#include "classification/infinity/end_verdict.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// From a network whose output layer has grown. Nothing where no set of contacts is found that holds with a
// loss that is no higher than this.
std::optional<EndReport> end_in_contact(const SolveSetting& setting, const BoundaryNetwork& whole,
                                        const std::vector<Size>& labels, const std::vector<Size>& group,
                                        double highest);

}  // namespace tepui
