// How parameters move what the loss sees of the outputs: where it is shift invariant, differences of the
// outputs that the sample's targets take in (MATH.md section 9).
#pragma once

#include "classification/directional/kinked_point.hpp"

namespace tepui {

// The data with the outputs for targets and half the squares of what is seen for the loss: its Hessian is J^T
// J. Of the samples of the point, which must outlive it.
Dataset fitted_data(const KinkedPoint& point);

}  // namespace tepui
