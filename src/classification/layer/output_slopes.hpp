// The rank of Psi_i, the slopes of psi at a neuron's weights, output by output (MATH.md section 14). A
// singular value counts as non-zero only beyond everything that could have made it.
#pragma once

#include <vector>

#include "classification/layer/layer_sums.hpp"
#include "classification/spectrum/index_bounds.hpp"

namespace tepui {

// Everything that numbers of a neuron may be wrong by.
struct SumErrors {
    Size samples = 0;
    double factor = 1.0;                // Tolerances::rounding_factor
    double level = 0.0;                 // of the gradient, relative to its terms
    const NeuronSums* other = nullptr;  // at another point that may be the stationary one; null: none
    bool exact_zeros = false;           // AnalysisOptions
};

struct OutputSlopes {
    CountBounds rank;
    Size structural = 0;  // directions of R^K along which Psi_i vanishes at every stationary point
    double tau = 0.0;     // singular values of D Psi_i E at or below it may be zero
    double largest = 0.0;
    double margin = 0.0;  // the smallest one counted as non-zero, or the largest where none is, over tau
    // D, E: powers of two.
    std::vector<double> input_scale, output_scale;
    // Left singular vectors of D Psi_i E with singular values that are not zero, one a row; how far the exact
    // ones may turn out of their span (the sine of the angle, at most 1).
    Matrix range;
    double turn = 0.0;
};

// vanishing: directions e in R^K, rows, with Psi_i e = 0 at every stationary point.
OutputSlopes output_slopes(const NeuronSums& sums, const Matrix& vanishing, const SumErrors& errors);

}  // namespace tepui
