// The cones that hyperplanes {v . u_g = 0} cut the weights of a neuron into.
#pragma once

#include <optional>
#include <vector>

#include "core/matrix.hpp"

namespace tepui {

// Unit vectors of which every one of these cones has generators among its own: the rays of the arrangement,
// and both ends of the lines that no hyperplane cuts. What is linear on each cone is >= 0, or 0, everywhere
// when it is so at all of them (MATH.md section 9). kinks: u_g, none of them 0, in rows. Empty: more than
// `budget` rays.
std::optional<std::vector<std::vector<double>>> cone_generators(const Matrix& kinks, Size budget);

}  // namespace tepui
