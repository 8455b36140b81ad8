// A hidden layer to evaluate: packed samples, weights, and room for every result.
#pragma once

#include <cmath>

#include "core/buffer.hpp"
#include "core/random.hpp"
#include "kernels/activation.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui::bench {

struct LayerWorkload {
    Size m, d, n;
    Buffer<double> w, xt, z, value, first, second, out;

    LayerWorkload(Size neurons, Size inputs, Size samples)
        : m(neurons),
          d(inputs),
          n(samples),
          w(m * d),
          xt(d * n),
          z(m * n),
          value(m * n),
          first(m * n),
          second(m * n),
          out(m * d) {
        Random random(1, 0);
        for (double& x : xt.span()) x = random.normal();
        for (double& x : w.span()) x = random.normal() / std::sqrt(static_cast<double>(d));
    }
    // The matrix product only, 2 m d n.
    double flops() const {
        return 2.0 * static_cast<double>(m) * static_cast<double>(d) * static_cast<double>(n);
    }
    void preactivate() { kernels::preactivations(w.data(), d, m, {xt.data(), n, n, d}, z.data(), n); }
    void differentiate(ActivationKind kind = ActivationKind::tanh) {
        kernels::evaluate_activation(kind, 0, m * n, z.data(),
                                     {value.data(), first.data(), second.data(), nullptr});
    }
};

}  // namespace tepui::bench
