#include "network/model/activation.hpp"

#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/text.hpp"
#include "kernels/activation/rows.hpp"
#include "vocabulary/activation_names.hpp"

namespace tepui {
namespace {

using enum Smoothness;

ActivationTraits traits_of(ActivationKind kind) {
    return kernels::with_row(kind, [](auto row) { return row.traits; });
}

ActivationTraits traits_of(ActivationKind kind, double parameter) {
    if (kind == ActivationKind::custom || word_of(kind) == nullptr) {
        throw Error(Status::invalid_value, "activation " + std::to_string(static_cast<std::int32_t>(kind)) +
                                               " is not one of the built-in activations");
    }
    ActivationTraits traits = traits_of(kind);
    if (kind == ActivationKind::leaky_relu) {
        if (!std::isfinite(parameter)) {
            throw Error(Status::invalid_value,
                        "slope of leaky_relu is " + number_text(parameter) + ", a finite number is expected");
        }
        // Three slopes are other functions in disguise: relu, |z| and the identity.
        traits.flat_on_negatives = parameter == 0.0;
        if (parameter == -1.0) traits.parity = Parity::even;
        if (parameter == 1.0) traits = traits_of(ActivationKind::identity);
    }
    return traits;
}

// A smooth function is finite wherever it is asked for: only so far out may it leave the range of doubles.
constexpr double kMayOverflow = 16.0;

// Infinities that count as overflow stay, as those of the built-in activations do.
void require_values(const char* what, Size count, const double* z, const double* values) {
    if (values == nullptr) return;
    for (Size k = 0; k < count; ++k) {
        if (std::isfinite(values[k]) || !std::isfinite(z[k])) continue;
        if (std::isinf(values[k]) && std::abs(z[k]) >= kMayOverflow) continue;
        throw Error(Status::callback, std::string("the activation callback returned ") +
                                          number_text(values[k]) + " for " + what +
                                          " at z = " + number_text(z[k]) + ", a finite number is expected");
    }
}

}  // namespace

Activation::Activation(ActivationKind kind, double parameter)
    : kind_(kind), parameter_(parameter), traits_(traits_of(kind, parameter)) {}

Activation::Activation(Callback callback, void* user, const ActivationTraits& traits)
    : kind_(ActivationKind::custom), callback_(callback), user_(user), traits_(traits) {
    if (callback == nullptr) {
        throw Error(Status::null_pointer, "the activation callback is null, a function is expected");
    }
    if (!std::isfinite(traits.value_at_zero)) {
        throw Error(Status::not_finite, "value_at_zero of the activation callback is " +
                                            number_text(traits.value_at_zero) +
                                            ", a finite number is expected");
    }
}

std::string_view Activation::name() const noexcept {
    return name_of(kind_);
}

int Activation::derivatives() const noexcept {
    switch (traits_.smoothness) {
        case Smoothness::piecewise_linear:
            return 1;
        case kink_at_zero:  // where z is not 0
        case c2:
            return 2;
        default:
            return 3;
    }
}

void Activation::evaluate(Size count, const double* z, const kernels::ActivationOutputs& out) const {
    if (kind_ != ActivationKind::custom) {
        kernels::evaluate_activation(kind_, parameter_, count, z, out);
        return;
    }
    const int code = callback_(user_, count, z, out.value, out.first, out.second, out.third);
    if (code != 0) {
        throw Error(Status::callback, "the activation callback returned " + std::to_string(code) +
                                          ", 0 is expected on success");
    }
    require_values("sigma", count, z, out.value);
    require_values("sigma'", count, z, out.first);
    require_values("sigma''", count, z, out.second);
    require_values("sigma'''", count, z, out.third);
}

ActivationKind activation_from_name(std::string_view name) {
    const std::optional<ActivationKind> kind = value_named<ActivationKind>(name);
    if (kind && *kind != ActivationKind::custom) return *kind;
    throw Error(Status::invalid_value, "activation '" + std::string(name) +
                                           "' is unknown; the accepted names are " + activation_names());
}

}  // namespace tepui
