// The coefficients of a limit network for given forms: a convex problem, a few Newton steps away.
#pragma once

#include "classification/infinity/boundary_network.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

// Moves them towards the minimum of the loss, by so many steps at most. Nothing changes where a feature
// overflows.
void fit_coefficients(const Dataset& data, BoundaryNetwork& network, int steps);
// The same from no coefficients at all where those given do worse: large ones leave Newton's method no slope.
void fit_coefficients_anew(const Dataset& data, BoundaryNetwork& network, int steps);

}  // namespace tepui
