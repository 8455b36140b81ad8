// The two slopes of a ReLU-like activation (MATH.md section 9).
#pragma once

#include <cmath>

#include "network/model/activation.hpp"

namespace tepui {

// sigma(z) = above z for z >= 0, below z for z < 0
struct Slopes {
    double above = 1.0;  // alpha+
    double below = 0.0;  // alpha-

    double mean() const noexcept { return 0.5 * (above + below); }
    double kink() const noexcept { return 0.5 * (above - below); }  // beta: sigma(z) = mean z + kink |z|
    double steepest() const noexcept { return std::fmax(std::abs(above), std::abs(below)); }
};

// True for relu, leaky_relu with any parameter, and abs.
bool is_relu_like(const Activation& activation) noexcept;

// Throws Error(unsupported) for any other activation.
Slopes slopes_of(const Activation& activation);

}  // namespace tepui
