// What counts as zero in a verdict, beside what rounding makes (core/rounding.hpp). Each verdict reports the
// tolerance it used (MATH.md section 10).
#pragma once

#include "core/rounding.hpp"
#include "core/sizes.hpp"

namespace tepui {

struct Tolerances {
    double stationarity = 1e-8;    // max_j |grad_j| / (sum of absolute terms) at or below this is stationary
    double rounding_factor = 4.0;  // c in tau
    double zero_loss_factor = 16.0;  // a loss at or below this many times the rounding loss is zero
    // The stationary point that a verdict speaks of is no farther from the given one than this: the largest
    // change of a preactivation, root mean square over the samples.
    double nearby = 0.03;
};

}  // namespace tepui
