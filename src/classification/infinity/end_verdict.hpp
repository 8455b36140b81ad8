// What an end at infinity is: minimum, saddle or undetermined, by rule (MATH.md section 13).
#pragma once

#include <optional>

#include "classification/infinity/boundary_point.hpp"
#include "classification/infinity/finite_network.hpp"
#include "classification/infinity/separation.hpp"

namespace tepui {

struct EndReport {
    BoundaryNetwork limit;
    EndVerdict verdict = EndVerdict::undetermined;
    EndRule rule = EndRule::not_stationary;
    double loss = 0.0;
    double gradient_norm = 0.0, gradient_relative = 0.0;  // in all parameters of the limit
    SpectralReport hessian;                               // in the free ones
    std::vector<Across> across;                           // of every unit
    std::optional<WayDown> way;                           // of a saddle, where rounding does not hide it
    // Classes that are told apart without bound: the limit is that of the classes inside each group, whose
    // coefficients it has; those of groups of one class are 0.
    std::optional<Separation> separation;
    // Samples fitted exactly through directions that no other sample has: Hessian and signs are those of the
    // others alone.
    std::vector<Size> fitted;
};

// The limit is brought to the stationary point nearby first. Throws Error(numeric) when something overflows
// at it.
EndReport classify_end(const Dataset& data, BoundaryNetwork limit, const Tolerances& tolerances,
                       const Execution& execution);

}  // namespace tepui
