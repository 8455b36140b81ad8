#include "kernels/activation.hpp"

#include "kernels/activation/families.hpp"

namespace tepui::kernels {

void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out) {
    switch (kind) {
        case ActivationKind::tanh:
        case ActivationKind::sigmoid:
        case ActivationKind::softplus:
        case ActivationKind::silu:
            return evaluate_logistic(kind, count, z, out);
        case ActivationKind::erf:
        case ActivationKind::gelu:
        case ActivationKind::gaussian:
            return evaluate_gaussian(kind, count, z, out);
        case ActivationKind::sin:
        case ActivationKind::arctan:
        case ActivationKind::exp:
            return evaluate_elementary(kind, count, z, out);
        case ActivationKind::square:
        case ActivationKind::cube:
        case ActivationKind::relu3:
        case ActivationKind::identity:
        case ActivationKind::relu:
        case ActivationKind::leaky_relu:
        case ActivationKind::abs:
            return evaluate_piecewise(kind, parameter, count, z, out);
        case ActivationKind::custom:
            break;
    }
    throw Error(Status::internal, "activation kind " + std::to_string(static_cast<int>(kind)) +
                                      " has no kernel; expected one of the built-in kinds");
}

}  // namespace tepui::kernels
