// What counts as zero: decided here and nowhere else. Each verdict reports the tolerance it used (MATH.md
// section 10).
#pragma once

#include <cmath>
#include <limits>

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

// Error of a sum of `terms` samples in d inputs relative to its absolute terms; of a matrix of such sums,
// relative to the trace of its absolute terms.
inline double sum_rounding(Size d, Size terms) {
    return std::numeric_limits<double>::epsilon() *
           (static_cast<double>(d) + std::sqrt(static_cast<double>(terms)));
}

}  // namespace tepui
