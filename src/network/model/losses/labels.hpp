// Where labels are told apart.
#pragma once

#include <algorithm>

#include "core/sizes.hpp"

namespace tepui {

// Loss::separated_below of losses of labels: where each of `outputs` targets is 0 or 1.
inline double labels_separated_below(Size outputs, const double* target) {
    constexpr double kLog2 = 0.69314718055994531;
    return std::all_of(target, target + outputs, [](double y) { return y == 0.0 || y == 1.0; }) ? kLog2 : 0.0;
}

}  // namespace tepui
