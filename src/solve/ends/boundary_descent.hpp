// The way down among limit networks: trust-region Newton in the chart (MATH.md section 13).
#pragma once

#include <optional>

#include "classification/infinity/boundary_point.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// What a descent is for: it is left where it is plain that it does not come to it.
struct Aim {
    double highest;      // a loss at most
    bool rest_in_sight;  // and rest, soon
};

// Where the loss of the limit no longer falls, where the aim is out of reach, or where the budget of
// iterations, from which those taken are subtracted, is spent. Nothing when it overflows from the start.
std::optional<BoundaryPoint> descend_on_boundary(const SolveSetting& setting, const SampleInputs& inputs,
                                                 BoundaryNetwork limit, const Aim& aim, Size& budget);

}  // namespace tepui
