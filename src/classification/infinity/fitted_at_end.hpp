// Samples that a limit network fits exactly through directions of input space which no other sample has: they
// pull nothing and hold nothing (MATH.md section 13).
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/boundary_point.hpp"

namespace tepui {

// What is left: the data without these samples, the limit without those directions.
struct WithoutFitted {
    std::vector<Size> samples;  // ascending
    Dataset data;               // their weights are 0; of the given one, which must outlive this
    BoundaryNetwork limit;
};
// Of one output. Nothing where there are none.
std::optional<WithoutFitted> without_fitted(const Dataset& data, const BoundaryPoint& point,
                                            const Execution& execution);

}  // namespace tepui
