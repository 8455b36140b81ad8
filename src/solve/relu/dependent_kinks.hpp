// Kinks of one neuron whose samples depend on each other: whether a way down leaves them is no longer a
// matter of one kink at a time.
#pragma once

#include "solve/relu/active_point.hpp"

namespace tepui {

struct DependentKinks {
    bool decided = true;            // false: for some neuron S_i >= 0 could not be decided
    Size neuron = -1;               // the loss falls when this one moves; -1: none
    std::vector<double> direction;  // of its weights
    std::vector<Size> held;         // its kinks that the direction keeps
};
// Looks at the neurons with dependent kinks alone. relative: of the sums of absolute terms, what counts as
// zero.
DependentKinks leave_dependent_kinks(const Dataset& data, const ActivePoint& point,
                                     const Tolerances& tolerances);

}  // namespace tepui
