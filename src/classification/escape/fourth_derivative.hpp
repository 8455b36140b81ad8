// sigma'''' of the analytic activations, from their lower derivatives (MATH.md section 2).
#pragma once

#include <span>

#include "network/activation.hpp"

namespace tepui {

struct FourthDerivative {
    double value = 0.0;
    double magnitude =
        0.0;  // an error of z or of sigma relative to itself costs `value` about as much of this
};

// False for activations that are not analytic, and for callbacks.
bool has_fourth_derivative(const Activation& activation);

// first, second: sigma' and sigma'' at z. The activation must have one.
FourthDerivative fourth_derivative(const Activation& activation, double z, double first, double second);

}  // namespace tepui
