#include "kernels/activation.hpp"

namespace tepui::kernels {

void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out) {
    ref::evaluate_activation(kind, parameter, count, z, out);
}

}  // namespace tepui::kernels
