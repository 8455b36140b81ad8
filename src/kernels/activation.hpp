// sigma and its derivatives, elementwise, within 4 ulp of the exact values over the whole range; beside a
// root of a derivative within 4 ulp of its largest term (MATH.md section 2). No overflow where the value is
// finite; NaN in, NaN out.
#pragma once

#include "core/sizes.hpp"
#include "kernels/activation_kind.hpp"

namespace tepui::kernels {

// Where to write sigma, sigma', sigma'', sigma'''; null for what is not wanted. Outputs may not overlap z or
// each other.
struct ActivationOutputs {
    double* value = nullptr;
    double* first = nullptr;
    double* second = nullptr;
    double* third = nullptr;
};

// parameter: alpha of leaky_relu, ignored otherwise. Any alignment, any count >= 0; nothing past count is
// touched. sigma'' and sigma''' of ReLU-like activations are 0; their sigma'(0) is the value for z >= 0 (1).
void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out);

namespace ref {
// The plain scalar form that the vector forms are tested against.
void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out);
}  // namespace ref

}  // namespace tepui::kernels
