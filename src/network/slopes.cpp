#include "network/slopes.hpp"

#include <string>

#include "core/error.hpp"

namespace tepui {

bool is_relu_like(const Activation& activation) noexcept {
    const ActivationKind kind = activation.kind();
    return kind == ActivationKind::relu || kind == ActivationKind::leaky_relu || kind == ActivationKind::abs;
}

Slopes slopes_of(const Activation& activation) {
    switch (activation.kind()) {
        case ActivationKind::relu:
            return {1.0, 0.0};
        case ActivationKind::leaky_relu:
            return {1.0, activation.parameter()};
        case ActivationKind::abs:
            return {1.0, -1.0};
        default:
            throw Error(Status::unsupported, "activation " + std::string(activation.name()) +
                                                 " does not consist of two slopes, expected relu, "
                                                 "leaky_relu or abs");
    }
}

}  // namespace tepui
