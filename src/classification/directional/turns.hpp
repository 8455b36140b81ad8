// Turns of neurons into one another (MATH.md section 9): of two with the same samples on each side and at
// their kinks, (w_i, w_l) and (a_i, a_l) by one angle. Neither the outputs nor weight decay see them.
#pragma once

#include <vector>

#include "classification/directional/kinked_point.hpp"

namespace tepui {

// How many dimensions the decayed parameters move in by such turns at the stationary point: that many for
// certain, with the one nearby, `exact`. sides: of every neuron, empty of one left out.
Size turned_dimensions(const KinkedPoint& point, const std::vector<std::vector<signed char>>& sides,
                       const Network& exact);

}  // namespace tepui
