// An activation with its traits: what theorems may be applied to it (MATH.md section 2).
#pragma once

#include <string_view>

#include "kernels/activation.hpp"

namespace tepui {

class Activation {
  public:
    // Fills count values of each non-null output; returns 0 on success. Called from several threads at once.
    using Callback = int (*)(void* user, Size count, const double* z, double* value, double* first,
                             double* second, double* third);

    explicit Activation(ActivationKind kind, double parameter = 0.0);
    Activation(Callback callback, void* user, const ActivationTraits& traits);

    ActivationKind kind() const noexcept { return kind_; }
    double parameter() const noexcept { return parameter_; }
    const ActivationTraits& traits() const noexcept { return traits_; }
    bool piecewise_linear() const noexcept { return traits_.smoothness == Smoothness::piecewise_linear; }
    std::string_view name() const noexcept;
    // Highest derivative available: 3 for C3 and analytic, 2 for C2.
    int derivatives() const noexcept;

    // What one evaluation costs, in products, roughly. A callback may be anything: it is taken to be slow.
    double products() const noexcept { return kind_ == ActivationKind::custom ? 1e3 : 16.0; }

    // Throws Error(callback) when a user callback fails.
    void evaluate(Size count, const double* z, const kernels::ActivationOutputs& out) const;

  private:
    ActivationKind kind_;
    double parameter_ = 0.0;
    Callback callback_ = nullptr;
    void* user_ = nullptr;
    ActivationTraits traits_;
};

// Throws Error(invalid_value) naming the accepted ones.
ActivationKind activation_from_name(std::string_view name);

}  // namespace tepui
