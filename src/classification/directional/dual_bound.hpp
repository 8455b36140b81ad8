// Whether weight decay holds every neuron that might be added (MATH.md section 9): |D(v)|^2 <= lambda v .
// Lambda v for all v. A stationary point is a global minimum then, of any width.
#pragma once

#include "classification/directional/pull_field.hpp"
#include "classification/spectrum/tolerances.hpp"

namespace tepui {

// Of a stationary point: by cones of directions, on each of which D is bounded by what it is on their edges.
// False: not shown, for lack of time, or because inputs or outputs do not decay.
bool every_neuron_is_held(const KinkedPoint& point, const PullField& field, const Tolerances& tolerances);

}  // namespace tepui
