// Ways down that move one neuron: w + epsilon v, a_o + epsilon b_o.
#pragma once

#include <span>

#include "classification/directional/kinked_move.hpp"

namespace tepui {

// The direction of the parameters that moves one neuron so.
std::vector<double> neuron_direction(const Layout& layout, Size neuron, std::span<const double> v,
                                     std::span<const double> b);
// sum s sigma(w . x)^2
double feature_square(const KinkedPoint& point, Size neuron);
// Root mean square of v . x.
double input_motion(const Dataset& data, std::span<const double> v);

// v: d, b: of every output.
Witness neuron_witness(const KinkedPoint& point, Size neuron, std::span<const double> v,
                       std::span<const double> b, int order, double coefficient);
// Of one output and the squared loss.
// Down psi_i: the exact minimum over a_i is at epsilon = 1.
Witness output_weight_witness(const KinkedPoint& point, Size neuron, double psi);
// The way out of an escape neuron: a_i = 0 and D_i(v) = derivative != 0. The output weight becomes -sign(D)
// kappa epsilon: Delta L = epsilon^2 (-kappa |D| + kappa^2 / 2 sum s sigma(w . x)^2) + ...
Witness escape_neuron_witness(const KinkedPoint& point, Size neuron, std::span<const double> v,
                              double derivative);

}  // namespace tepui
