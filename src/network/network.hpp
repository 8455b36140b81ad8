// f(x) = sum_i a_i sigma(w_i . x). Parameters are one vector: all of W row by row, then a (MATH.md section
// 1).
#pragma once

#include <span>
#include <vector>

#include "core/sizes.hpp"
#include "network/activation.hpp"

namespace tepui {

struct Network {
    Activation activation;
    Size width;                      // m; 0: f = 0
    Size inputs;                     // d, bias included
    std::vector<double> parameters;  // m (d + 1)

    Network(Activation activation_, Size width_, Size inputs_);

    Size parameter_count() const noexcept { return width * (inputs + 1); }
    double* weights(Size i) noexcept { return parameters.data() + i * inputs; }
    const double* weights(Size i) const noexcept { return parameters.data() + i * inputs; }
    double& output(Size i) noexcept { return parameters[static_cast<std::size_t>(width * inputs + i)]; }
    double output(Size i) const noexcept { return parameters[static_cast<std::size_t>(width * inputs + i)]; }
    const double* outputs() const noexcept { return parameters.data() + width * inputs; }
};

}  // namespace tepui
