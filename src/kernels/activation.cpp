#include "kernels/activation.hpp"

#include "kernels/activation/families.hpp"

namespace tepui::kernels {

void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out) {
    switch (kind) {
#define TEPUI_WORD(identifier, ...)  \
    case ActivationKind::identifier: \
        return evaluate_##identifier(parameter, count, z, out);
#include "vocabulary/built_in_activations.def"
#undef TEPUI_WORD
        case ActivationKind::custom:
            break;
    }
    throw Error(Status::internal, "activation kind " + std::to_string(static_cast<int>(kind)) +
                                      " has no kernel; expected one of the built-in kinds");
}

}  // namespace tepui::kernels
