// What the branches of a critical set hold, from the verdicts on its narrow point (MATH.md section 7).
#pragma once

#include "classification/critical_set/critical_set.hpp"

namespace tepui {

// Whether the branches of a neuron's splits meet others where an output weight is zero: where v^T H v = 0 has
// solutions.
Meeting meeting_at(Definiteness inner_hessian);
// C^{r,0} in a larger width.
BranchContent splits_content(const Analysis& narrow);
// Of a branch with so many null neurons.
BranchContent content_of(const CriticalSet& set, Size null_neurons, bool psi_is_nonzero);

}  // namespace tepui
