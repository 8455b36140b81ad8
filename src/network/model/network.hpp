// f(x) = sum_i a_i sigma(w_i . x) with one parameter vector (MATH.md section 1).
#pragma once

#include <span>
#include <vector>

#include "network/model/activation.hpp"
#include "network/model/layout.hpp"

namespace tepui {

struct Network : Layout {
    Activation activation;
    std::vector<Activation> unit_activations;  // one a neuron; empty: `activation` for all
    std::vector<double> parameters;

    Network(Activation activation_, Size width_, Size inputs_);
    Network(Activation activation_, const Layout& layout);

    const Activation& activation_of(Size i) const noexcept {
        return unit_activations.empty() ? activation : unit_activations[i];
    }
    double* weights(Size i) noexcept { return parameters.data() + i * inputs; }
    const double* weights(Size i) const noexcept { return parameters.data() + i * inputs; }
    double& output(Size i, Size o = 0) noexcept { return parameters[coefficient(i, o)]; }
    double output(Size i, Size o = 0) const noexcept { return parameters[coefficient(i, o)]; }
    const double* outputs() const noexcept { return parameters.data() + width * inputs; }
};

}  // namespace tepui
