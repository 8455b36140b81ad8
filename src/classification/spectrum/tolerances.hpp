// What counts as zero. Each verdict reports the tolerance it used (MATH.md section 10).
#pragma once

namespace tepui {

struct Tolerances {
    double stationarity = 1e-8;    // max_j |grad_j| / (sum of absolute terms) at or below this is stationary
    double rounding_factor = 4.0;  // c in tau
    double zero_loss_factor = 16.0;  // a loss at or below this many times the rounding loss is zero
};

}  // namespace tepui
