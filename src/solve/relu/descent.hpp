// Active-set descent of a network of ReLU-like neurons to an exact directional stationary point (MATH.md
// section 9): Newton's step on the cell and its kinks, the exact minimum along it, kinks added where it ends
// on one and released where the loss falls to one side.
#pragma once

#include "solve/relu/active_point.hpp"

namespace tepui {

// What becomes of neurons that have come to w = 0.
enum class IdleNeurons {
    stay,    // they end as w = 0, a = 0: stationary, escape neurons unless nothing is left to gain
    return_  // they are sent along a direction in which the loss falls, as long as there is one
};

// From the given point, of any layout and convex loss. Of one output its weights keep their sign and the
// hidden weights move; neurons with a = 0 or without preactivations are idle from the beginning.
StartReport descend_to_kinks(const SolveSetting& setting, const Network& start, IdleNeurons idle);

}  // namespace tepui
