// Escape neurons of networks with several outputs (MATH.md section 9): v with S(v) = sum_o a_o D_o(v) = 0 and
// D_o(v) != 0 for some o, and whether the loss falls along it.
#pragma once

#include <span>

#include "classification/directional/kinked_point.hpp"
#include "classification/directional/several_outputs.hpp"

namespace tepui {

// D_o of a neuron for every output, and S = sum_o a_o D_o, without the kinks that cancel within their
// tolerances, and with the pull of weight decay, lambda_j w_j.
struct NeuronForms {
    std::vector<double> a;
    std::vector<KinkForm> outputs;
    KinkForm sum;
};
NeuronForms neuron_forms(const KinkedPoint& point, Size neuron, const Tolerances& tolerances);

// Fills escape and, where it is one, derivatives, direction, curvature and outputs, for the direction along
// which the loss falls most of those tried. bends: of loss_derivatives.
void find_escape(const KinkedPoint& point, std::span<const double> bends, Size index,
                 const NeuronForms& forms, Size budget, OutputsNeuron& neuron);

}  // namespace tepui
