// First guesses for proofs of indefiniteness: where most samples agree on the shape of an inner Hessian, the
// matrix summed over a few of them already shows which way it curves down and which way up.
#pragma once

#include <vector>

#include "network/derivatives/objective.hpp"

namespace tepui {

// How many samples are worth looking at first; 0: too few for their matrix to resemble that of all.
Size scout_samples(Size samples, Size inputs);

// Directions in which one neuron's matrix of those samples is negative and positive; both empty where it
// seems to be definite.
struct ScoutedDirections {
    std::vector<double> negative, positive;
};
// Of every neuron; scout_samples of the data must not be 0.
std::vector<ScoutedDirections> scout(const Dataset& data, const Network& network, const Execution& execution);

}  // namespace tepui
