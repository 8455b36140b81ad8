// Neurons leave kinks on one side of which the loss falls.
#pragma once

#include "solve/relu/face_descent.hpp"

namespace tepui {

// All at once, each by its slope.
bool leave_all_kinks(FaceDescent& steps);
// From the steepest on, the first along which the loss falls beyond its rounding.
bool leave_one_kink(FaceDescent& steps);
// Where the loss falls by less than its rounding: if then no kink is left with half the slope of the steepest
// one.
bool leave_kinks_quietly(FaceDescent& steps);

// Neurons that are on at every sample are so for all larger biases: the output bias takes up what they give.
// One at the rim of this plateau, with samples at its kinks, or whose last samples hardly count, is taken
// into it where the loss does not grow.
bool push_on(FaceDescent& steps);

}  // namespace tepui
