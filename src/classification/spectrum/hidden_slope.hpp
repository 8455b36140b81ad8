// Derivatives that rounding leaves nothing of (MATH.md section 10).
#pragma once

#include <algorithm>
#include <cmath>

#include "classification/spectrum/tolerances.hpp"
#include "classification/spectrum/uncertainty.hpp"

namespace tepui {

// A derivative within its rounding counts as zero. But where the outputs are known no better than their
// distance from the targets, all its terms are rounding, and it says nothing.
inline bool is_hidden(const LossValue& loss, double magnitude, double rounding,
                      const Tolerances& tolerances) {
    constexpr double kKnown = 0.1;  // of its terms a derivative is known to this at least
    const double factor = tolerances.rounding_factor;
    return loss.loss > 0.0 && factor * relative_residual_error(loss) > tolerances.stationarity &&
           factor * rounding > kKnown * magnitude;
}

// The largest derivative that counts as zero: of so large terms, moved by rounding as much.
inline double zero_slope(const LossValue& loss, double magnitude, double rounding,
                         const Tolerances& tolerances) {
    const double known = tolerances.stationarity * magnitude;
    return is_hidden(loss, magnitude, rounding, tolerances)
               ? known
               : std::max(known, tolerances.rounding_factor * rounding);
}

}  // namespace tepui
