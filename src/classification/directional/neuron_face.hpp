// The face of a neuron's kinks, the w with w . x_k = 0 for all k in K_i, and whether S_i holds the neuron on
// it: S_i(p) > 0 for every p != 0 across it (MATH.md section 9).
#pragma once

#include "classification/directional/output_escape.hpp"
#include "core/execution.hpp"

namespace tepui {

// d x r: weights basis y are all that samples see, and weight decay where it pulls at these inputs, in units
// in which inputs are near 1. decayed: of each input; none: of no input.
Matrix seen_weights(const Dataset& data, const std::vector<bool>& decayed, const Execution& execution);

// basis^T x
std::vector<double> seen(const Matrix& basis, std::span<const double> x);

// Unit vectors nearer than this to the span of others are in it but for rounding.
inline constexpr double kWithin = 1e-13;

// Rows: an orthonormal basis of the span of the given vectors, and of what is orthogonal to them.
Matrix spanned(std::span<const std::vector<double>> vectors, Size dimension);
Matrix orthogonal_complement(std::span<const std::vector<double>> vectors, Size dimension);

struct NeuronFace {
    Matrix tangent;           // rows: orthonormal y with x_k . (basis y) = 0 for all k in K_i
    std::vector<double> off;  // d: w is on the face but for this, which rounding makes
    bool holds = false;       // S_i > 0 across the face, by more than tolerances; also where there is no kink
};
// forms: of the neuron. False for `holds` means that it was not shown.
NeuronFace neuron_face(const KinkedPoint& point, const Matrix& basis, Size neuron, const NeuronForms& forms,
                       const Tolerances& tolerances);

}  // namespace tepui
