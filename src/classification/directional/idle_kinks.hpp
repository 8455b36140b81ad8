// Kinks that hold nothing: samples at which a relu neuron may be switched off along a direction of the inputs
// that no sample it is on for has (MATH.md section 9).
#pragma once

#include <optional>

#include "classification/directional/kinked_point.hpp"

namespace tepui {

// The same outputs in every sample, by weights that leave those kinks for the side on which the neuron is
// off. A local minimum there is one here. Nothing where there are none, or the loss does not hold them from
// the other side by more than rounding.
std::optional<Network> off_idle_kinks(const KinkedPoint& point);

}  // namespace tepui
