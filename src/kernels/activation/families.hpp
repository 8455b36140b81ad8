// The activations by the function they are made of: one translation unit each.
#pragma once

#include "kernels/activation.hpp"

namespace tepui::kernels {

void evaluate_logistic(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out);
void evaluate_gaussian(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out);
void evaluate_elementary(ActivationKind kind, Size count, const double* z, const ActivationOutputs& out);
void evaluate_piecewise(ActivationKind kind, double parameter, Size count, const double* z,
                        const ActivationOutputs& out);

}  // namespace tepui::kernels
