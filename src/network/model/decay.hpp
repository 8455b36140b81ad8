// Weight decay: 1/2 sum lambda_p theta_p^2 beside the loss, a lambda for each block of the parameters
// (MATH.md section 1).
#pragma once

#include <vector>

#include "network/model/layout.hpp"

namespace tepui {

struct Decay {
    double weights = 0.0;        // of W, but for
    double hidden_biases = 0.0;  // the weights of the bias input
    double outputs = 0.0;        // a
    double output_biases = 0.0;  // b
    double skip = 0.0;           // C
    bool bias_input = false;     // the last input is the bias

    bool none() const noexcept {
        return weights == 0.0 && hidden_biases == 0.0 && outputs == 0.0 && output_biases == 0.0 &&
               skip == 0.0;
    }
    // use(p, lambda) for every parameter with a lambda.
    template <class Use>
    void each(const Layout& layout, Use&& use) const {
        if (none()) return;
        const auto of_input = [&](Size j, double lambda) {
            return bias_input && j == layout.inputs - 1 ? hidden_biases : lambda;
        };
        for (Size i = 0; i < layout.width; ++i) {
            for (Size j = 0; j < layout.inputs; ++j) use(layout.weight(i, j), of_input(j, weights));
        }
        const Size biases = layout.output_bias ? 1 : 0;
        for (Size q = 0; q < layout.features(); ++q) {
            const Size input = q - layout.width - biases;
            const double lambda = q < layout.width                           ? outputs
                                  : input < 0                                ? output_biases
                                  : bias_input && input == layout.inputs - 1 ? output_biases
                                                                             : skip;
            for (Size o = 0; o < layout.output_count; ++o) use(layout.coefficient(q, o), lambda);
        }
    }
    // 1/2 sum lambda theta^2
    double value(const Layout& layout, const std::vector<double>& parameters) const {
        double sum = 0.0;
        each(layout, [&](Size p, double lambda) { sum += 0.5 * lambda * parameters[p] * parameters[p]; });
        return sum;
    }
};

}  // namespace tepui
