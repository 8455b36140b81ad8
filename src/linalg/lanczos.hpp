// Both ends of a symmetric operator's spectrum by the Lanczos process with full reorthogonalisation. Private
// to src/linalg.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/sizes.hpp"

namespace tepui::linalg {

// A Ritz pair: v^T A v = value with |v| = 1, and an eigenvalue of A lies within `residual` of value.
struct RitzPair {
    double value = 0.0;
    double residual = 0.0;
    std::vector<double> vector;
};

struct SpectrumEnds {
    RitzPair lowest;   // value bounds the smallest eigenvalue from above
    RitzPair highest;  // value bounds the largest eigenvalue from below
    Size steps = 0;
};

// apply(x, y): y = A x. Stops when the residuals of the ends that are wanted are at most accuracy times the
// norm, or after max_steps. The start vector is fixed: equal input gives equal output.
struct LanczosOptions {
    double accuracy = 1e-5;
    Size max_steps = 80;
    bool want_lowest = true;
    bool want_highest = true;
};
SpectrumEnds spectrum_ends(Size n, const std::function<void(const double*, double*)>& apply,
                           const LanczosOptions& options);

}  // namespace tepui::linalg
