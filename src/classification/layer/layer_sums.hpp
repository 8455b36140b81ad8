// What one pass over the samples says of the neurons of a layer: psi, its slopes and curvatures at each
// neuron's weights (MATH.md section 14). Of any loss: for a layer alone the targets are g and the loss is
// linear.
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/derivatives/gradient.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {

// Of one neuron, d inputs and K outputs.
struct NeuronSums {
    Matrix slopes;                    // Psi_i = sum_k sigma'(z_ik) h_k g_k^T, d x K
    Matrix slope_terms;               // the absolute terms of each entry
    Matrix inner;                     // H_i = sum_k (g_k . a_i) sigma''(z_ik) h_k h_k^T, d x d
    std::vector<double> inner_terms;  // InnerHessians::magnitude
};

struct LayerSums {
    Gradient gradient;
    std::vector<NeuronSums> neurons;
};
// Of `count` neurons from the first one on; the gradient is of all.
LayerSums layer_sums(const Dataset& data, const Network& network, Size first, Size count,
                     const Execution& execution);
// Neurons whose sums are held at one time.
Size neurons_at_once(const Layout& layout);

}  // namespace tepui
