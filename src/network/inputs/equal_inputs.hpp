// Samples whose outputs every network shares: those of equal inputs, and of opposite ones where the
// activation has a parity (MATH.md section 4, the least loss that can be reached).
#pragma once

#include <vector>

#include "network/data/dataset.hpp"
#include "network/model/activation.hpp"

namespace tepui {

struct EqualInputs {
    // Of each sample: its group; -1: none, as no other sample has its inputs, or its weight is zero. sign
    // times the output is the same in all of a group; 0 where every network gives 0 (sigma(0) = 0, inputs
    // that are all zero).
    std::vector<Size> group;
    std::vector<signed char> sign;
    Size groups = 0;

    bool any() const noexcept { return groups > 0; }
};

// Equal bit by bit, but for the sign of zeros: of data as they were given, before they are rotated. Memory:
// eight bytes a sample where no inputs are equal.
EqualInputs equal_inputs(const Dataset& data, const ActivationTraits& traits);

}  // namespace tepui
