#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"

using namespace tepui;
using namespace tepui::api;

namespace {

static_assert(std::is_same_v<tepui_activation_function, Activation::Callback>);

constexpr double kLeakySlope = 0.01;

bool is_built_in(tepui_activation_kind kind) {
    return kind != TEPUI_ACTIVATION_CUSTOM && is_public(ActivationKind{kind});
}

Activation built_in(tepui_activation_kind kind, double slope) {
    return Activation(static_cast<ActivationKind>(kind), kind == TEPUI_ACTIVATION_LEAKY_RELU ? slope : 0.0);
}

tepui_activation* made(const Activation& activation) {
    std::string name(activation.name());
    if (activation.kind() == ActivationKind::leaky_relu && activation.parameter() != kLeakySlope) {
        name.append(":").append(number_text(activation.parameter()));
    }
    return new tepui_activation{activation, std::move(name)};
}

// The slope behind "leaky_relu:"; nothing when the name is not of that form.
std::optional<double> named_slope(std::string_view name) {
    constexpr std::string_view kPrefix = "leaky_relu:";
    if (name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    const std::string_view digits = name.substr(kPrefix.size());
    double slope = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slope);
    if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(slope)) return slope;
    throw Error(Status::invalid_value,
                "activation '" + std::string(name) +
                    "' has no slope, leaky_relu:NUMBER with a finite number is expected");
}

void require_traits(tepui_smoothness smoothness, std::int32_t polynomial, tepui_parity parity,
                    std::int32_t flat_on_negatives) {
    if (!is_public(Smoothness{smoothness})) {
        throw Error(Status::invalid_value, "smoothness is " + std::to_string(smoothness) +
                                               ", a TEPUI_SMOOTHNESS_ number is expected");
    }
    require_flag(polynomial, "polynomial");
    if (!is_public(Parity{parity})) {
        throw Error(Status::invalid_value,
                    "parity is " + std::to_string(parity) + ", a TEPUI_PARITY_ number is expected");
    }
    require_flag(flat_on_negatives, "flat_on_negatives");
    if (flat_on_negatives == 1 && smoothness == TEPUI_SMOOTHNESS_ANALYTIC) {
        throw Error(Status::invalid_value,
                    "flat_on_negatives is 1 and smoothness is analytic: only a constant is both");
    }
}

double value_at_zero(const Activation& activation) {
    const double zero = 0.0;
    double value = 0.0, first = 0.0, second = 0.0;
    activation.evaluate(1, &zero, {&value, &first, &second, nullptr});
    return value;
}

void write(const Buffer<double>& values, double* destination) {
    if (destination != nullptr) std::copy_n(values.data(), values.size(), destination);
}

}  // namespace

extern "C" {

tepui_status tepui_activation_create(tepui_context* context, tepui_activation_kind kind,
                                     tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        if (!is_built_in(kind)) {
            throw Error(Status::invalid_value,
                        std::string("kind ") + std::to_string(kind) +
                            " is no built-in activation; a TEPUI_ACTIVATION_ number but "
                            "TEPUI_ACTIVATION_CUSTOM is expected");
        }
        *activation = made(built_in(kind, kLeakySlope));
    });
}

tepui_status tepui_activation_create_named(tepui_context* context, const char* name,
                                           tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(name, "name");
        require_pointer(activation, "activation");
        const std::optional<double> slope = named_slope(name);
        const auto kind = slope ? TEPUI_ACTIVATION_LEAKY_RELU
                                : static_cast<tepui_activation_kind>(activation_from_name(name));
        *activation = made(built_in(kind, slope.value_or(kLeakySlope)));
    });
}

tepui_status tepui_activation_create_leaky_relu(tepui_context* context, double slope,
                                                tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        *activation = made(built_in(TEPUI_ACTIVATION_LEAKY_RELU, slope));
    });
}

tepui_status tepui_activation_create_custom(tepui_context* context, tepui_activation_function function,
                                            void* user, tepui_smoothness smoothness, int32_t polynomial,
                                            tepui_parity parity, int32_t flat_on_negatives,
                                            tepui_activation** activation) {
    return guarded(context, [&] {
        if (function == nullptr) {
            throw Error(Status::null_pointer, "function is null, an activation's function is expected");
        }
        require_traits(smoothness, polynomial, parity, flat_on_negatives);
        require_pointer(activation, "activation");
        ActivationTraits traits;
        traits.smoothness = static_cast<Smoothness>(smoothness);
        traits.polynomial = polynomial == 1;
        traits.parity = static_cast<Parity>(parity);
        traits.flat_on_negatives = flat_on_negatives == 1;
        traits.value_at_zero = value_at_zero(Activation(function, user, traits));
        if (traits.parity == Parity::odd && traits.value_at_zero != 0.0) {
            throw Error(Status::invalid_value, "parity is odd, but the function gives " +
                                                   number_text(traits.value_at_zero) + " at z = 0");
        }
        *activation = made(Activation(function, user, traits));
    });
}

void tepui_activation_destroy(tepui_activation* activation) {
    delete activation;
}

const char* tepui_activation_name(const tepui_activation* activation) {
    return activation == nullptr ? "" : activation->name.c_str();
}

int32_t tepui_activation_is_relu_like(const tepui_activation* activation) {
    return activation != nullptr && activation->value.piecewise_linear() ? 1 : 0;
}

tepui_status tepui_activation_evaluate(tepui_context* context, const tepui_activation* activation,
                                       int64_t count, const double* z, double* value, double* first,
                                       double* second, double* third) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        require_size(count, 0, "count");
        if (count > 0) require_pointer(z, "z");
        require_addressable(count, 1, "count", "z");
        const Activation& sigma = activation->value;
        if (third != nullptr && sigma.derivatives() < 3) {
            throw Error(Status::unsupported, "third is not null, but activation '" + activation->name +
                                                 "' has no third derivative: null is expected");
        }
        if (sigma.kind() != ActivationKind::custom) {  // cannot fail
            sigma.evaluate(count, z, {value, first, second, third});
            return;
        }
        const auto staged = [&](const double* wanted) { return Buffer<double>(wanted ? count : 0); };
        Buffer<double> values = staged(value), firsts = staged(first);
        Buffer<double> seconds = staged(second), thirds = staged(third);
        sigma.evaluate(count, z, {values.data(), firsts.data(), seconds.data(), thirds.data()});
        write(values, value);
        write(firsts, first);
        write(seconds, second);
        write(thirds, third);
    });
}

}  // extern "C"
