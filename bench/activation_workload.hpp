// Arguments of activations, room for sigma, sigma' and sigma'', and the activations that are timed.
#pragma once

#include <algorithm>
#include <array>
#include <random>

#include "vocabulary/activations.hpp"

namespace tepui::bench {

inline constexpr std::size_t kActivationCount = 1024;

// Arguments and results stay in the first-level cache.
struct ActivationArrays {
    alignas(64) std::array<double, kActivationCount> z;
    alignas(64) std::array<double, kActivationCount> value, first, second;

    ActivationArrays() {
        std::mt19937_64 engine(1);
        std::normal_distribution<double> normal(0.0, 2.0);
        std::ranges::generate(z, [&] { return normal(engine); });
    }
};

struct NamedActivation {
    const char* name;
    ActivationKind kind;
};

inline constexpr std::array kTimedActivations = {NamedActivation{"tanh", ActivationKind::tanh},
                                                 NamedActivation{"sigmoid", ActivationKind::sigmoid},
                                                 NamedActivation{"softplus", ActivationKind::softplus},
                                                 NamedActivation{"erf", ActivationKind::erf},
                                                 NamedActivation{"gelu", ActivationKind::gelu},
                                                 NamedActivation{"silu", ActivationKind::silu},
                                                 NamedActivation{"sin", ActivationKind::sin},
                                                 NamedActivation{"gaussian", ActivationKind::gaussian},
                                                 NamedActivation{"arctan", ActivationKind::arctan},
                                                 NamedActivation{"exp", ActivationKind::exp},
                                                 NamedActivation{"relu3", ActivationKind::relu3}};

}  // namespace tepui::bench
