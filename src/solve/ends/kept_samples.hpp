// Which samples a limit keeps on its hyperplanes, changed as its descent shows that they leave or arrive.
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/hyperplane.hpp"

namespace tepui {

// Saturated units whose kept samples have run off, too, keep fewer. False when none has; nothing when no v
// is left that has all samples on their sides.
std::optional<bool> release_samples(const SampleInputs& inputs, BoundaryNetwork& limit);

// What may come of a limit with a degenerate Hessian: a sample that several steps keep is moved by each of
// them, and one that is far out is hardly moved at all. Each released from one step.
std::vector<BoundaryNetwork> with_one_kept_less(const SampleInputs& inputs, const BoundaryNetwork& limit);

// A ramp that does not come to rest stands on a kink: the nearest sample is kept on it. False when there is
// no ramp, or no room.
bool keep_nearest(const SampleInputs& inputs, BoundaryNetwork& limit);

// A ramp is let go by a sample on its kink that does not hold it there. False when there is none.
bool let_go(const SampleInputs& inputs, const EndReport& end, BoundaryNetwork& limit);

}  // namespace tepui
