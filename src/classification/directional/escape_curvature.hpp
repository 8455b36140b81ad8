// How the loss bends along an escape direction v of a neuron (MATH.md section 9): along dw = epsilon v, da_o
// = epsilon b_o with S(v) = 0 the coefficient of epsilon^2 is
//     sum_o b_o D_o(v) + (a^T P a + 2 a^T R b + b^T Q b) / 2,
//     P = sum t^2 G, R = sum t u G, Q = sum u^2 G,
// u = sigma(w . x), t its one-sided derivative along v, G = s d2l/df2.
#pragma once

#include <span>
#include <vector>

#include "classification/directional/kinked_point.hpp"
#include "core/matrix.hpp"

namespace tepui {

struct EscapeMoments {
    Matrix tt, tu, uu;  // P, R, Q: K x K, full
};
// bends: of loss_derivatives.
EscapeMoments escape_moments(const KinkedPoint& point, std::span<const double> bends, Size neuron,
                             std::span<const double> v);

struct EscapeCurvature {
    double value = 0.0;     // the least coefficient; where it has no least value, one below 0
    std::vector<double> b;  // of each output
};
// derivatives: D_o(v), known within `tolerance`; a: the output weights. samples: how many are summed.
EscapeCurvature least_curvature(const EscapeMoments& moments, Size samples, std::span<const double> a,
                                std::span<const double> derivatives, std::span<const double> tolerance);

}  // namespace tepui
