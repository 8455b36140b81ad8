// The samples off the hyperplane of a saturated unit, those together that come near it together for every
// direction that leaves the kept samples on it (MATH.md section 13).
#pragma once

#include <vector>

#include "classification/infinity/across.hpp"
#include "core/matrix.hpp"

namespace tepui {

// Samples with equal s h, whose preactivations are equal in every network.
struct EqualSamples {
    Matrix rows;             // s h
    std::vector<Pull> pull;  // g . a times the sign of delta, summed
    std::vector<std::vector<Size>> members;
};

// Equal ones whose s h differ by kept inputs alone: v . h is the same for every v, and what they are apart is
// u . h, which is held.
struct TiedSamples {
    std::vector<Size> equal;  // of EqualSamples
    Pull pull;                // all their tails beside the nearest's
    Size nearest = -1;        // of EqualSamples
};

double preactivation(const EqualSamples& samples, Size l, const std::vector<double>& w);

// Nearest first, as seen along the unit's own direction. kept: rows that span the kept inputs.
std::vector<TiedSamples> tied_samples(const AcrossContext& context, Size unit, const EqualSamples& samples,
                                      const Matrix& kept);

}  // namespace tepui
