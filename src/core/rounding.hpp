// What doubles round by, in one place.
#pragma once

#include <cmath>

#include "core/sizes.hpp"

namespace tepui {

inline constexpr double kEps = 0x1p-52;  // the distance from 1 to the next double

// Error of a sum of `terms` samples in d inputs relative to its absolute terms; of a matrix of such sums,
// relative to the trace of its absolute terms.
inline double sum_rounding(Size d, Size terms) {
    return kEps * (static_cast<double>(d) + std::sqrt(static_cast<double>(terms)));
}

}  // namespace tepui
