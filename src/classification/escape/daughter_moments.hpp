// sum gamma_j t_j^4 against (sum gamma_j t_j^2)^2 over the ways t in which daughters can move apart along one
// line, sum gamma_j t_j = 0: what the fourth order of a split depends on (MATH.md section 6).
#pragma once

#include <span>
#include <vector>

namespace tepui {

struct DaughterMotionMoments {
    std::vector<double> t;
    double square = 0.0;  // sum gamma t^2
    double fourth = 0.0;  // sum gamma t^4
    double ratio() const noexcept { return fourth / (square * square); }
};

struct MomentRange {
    // Every motion has its ratio within; infinite where no bound is known.
    double least = 0.0, greatest = 0.0;
    // Motions found with the lowest and the highest ratio.
    DaughterMotionMoments lowest, highest;
};

// gamma: in Gamma+ or Gamma-, where sum gamma t^2 has one sign. The range is exact up to 16 daughters in
// Gamma+ and 10 in Gamma-.
MomentRange moment_range(std::span<const double> gamma);

// Motions in which the daughters form two or three groups that each move as one: among them are all where
// alpha sum gamma t^4 + beta (sum gamma t^2)^2 is extreme. Not more than 10 daughters; no gamma is zero.
std::vector<DaughterMotionMoments> grouped_motions(std::span<const double> gamma);

}  // namespace tepui
