#include "network/model/slopes.hpp"

#include <string>

#include "core/error.hpp"
#include "kernels/activation/rows.hpp"

namespace tepui {

bool is_relu_like(const Activation& activation) noexcept {
    return activation.kind() != ActivationKind::custom && kernels::with_row(activation.kind(), [](auto row) {
               return row.traits.smoothness == Smoothness::piecewise_linear;
           });
}

Slopes slopes_of(const Activation& activation) {
    if (!is_relu_like(activation)) {
        throw Error(Status::unsupported, "activation " + std::string(activation.name()) +
                                             " does not consist of two slopes, expected relu, "
                                             "leaky_relu or abs");
    }
    const double z[] = {1.0, -1.0};
    double slopes[2];
    activation.evaluate(2, z, {nullptr, slopes});
    return {slopes[0], slopes[1]};
}

}  // namespace tepui
