// The Hessian near the point in plain doubles: its equilibrating scaling D and the eigenvectors of D H D.
// Nothing here is proven; it tells the proofs where to look.
#pragma once

#include <vector>

#include "certify/slice.hpp"
#include "classification/spectrum/spectral.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui::balls {

// H^-1 ~ D V^T Lambda^-1 V D; row l of V is the eigenvector of values[l].
struct Approximation {
    std::vector<double> scale;   // D, powers of two
    std::vector<double> values;  // Lambda, ascending
    Matrix vectors;              // V
    double smallest() const;     // |eigenvalue|
};
Approximation approximate(const Matrix& a, std::span<const double> magnitude);
// On the slice.
Approximation approximate_hessian(const Dataset& data, const Network& network, const Slice& slice,
                                  const Execution& execution);

}  // namespace tepui::balls
