// How the inner Hessians of the neurons and the Hessian of the point are judged, and how much of a point is
// analysed.
#pragma once

#include "vocabulary/methods.hpp"

namespace tepui {

struct AnalysisOptions {
    NeuronMethod neuron_method = NeuronMethod::automatic;
    AnalysisScope scope = AnalysisScope::complete;
    HessianMethod hessian_method = HessianMethod::automatic;
    // Of formed inner Hessians. What single precision leaves unclear is formed again in double, so that the
    // verdicts are the same.
    GramPrecision gram_precision = GramPrecision::double_precision;
    WaysDown ways_down = WaysDown::all;
    // Eigenvalues within tau are zero, whatever more digits would say: for points planted so that they are,
    // up to the rounding of their data.
    bool exact_zeros = false;
};

}  // namespace tepui
