// What a network can reach of its targets: their least-squares projection P y on a space of functions of the
// samples in which the outputs lie, whatever the parameters (or, nearby, for all parameters near the given
// ones). Then L = 1/2 |f - P y|^2 + a constant: the same gradient, Hessian and psi, and f = P y is least of
// all (MATH.md section 4).
#pragma once

#include <optional>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

struct ReachableTargets {
    Buffer<double> targets;  // [samples]: P y
    Buffer<double> errors;   // [samples]: bounds on their rounding errors
    bool accurate = true;    // false: the errors are too large for f = P y to be told
    bool everywhere = true;  // false: the outputs lie in the space near the given parameters only
};

// Empty where nothing is known but that outputs are functions of the samples: the targets themselves are then
// what can be reached. Known are equal inputs (opposite ones where
// the activation has a parity, those that are all zero where sigma(0) = 0), polynomial activations, and relu3
// where no preactivation is near zero. network: with all of its neurons, those that add nothing included.
// data: as given, not rotated.
std::optional<ReachableTargets> reachable_targets(const Dataset& data, const Network& network,
                                                  const Execution& execution);

}  // namespace tepui
