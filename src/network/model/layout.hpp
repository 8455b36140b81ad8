// Which parameter is where: the one place that knows the order (MATH.md section 1).
#pragma once

#include "core/sizes.hpp"

namespace tepui {

// f_o(x) = sum_i a_io sigma(w_i . x) + b_o + (C x)_o. In the parameters W comes row by row, then the output
// weights a [width][outputs], the output biases b [outputs] and the skip connections C [outputs][inputs].
struct Layout {
    Size width = 0;   // m; 0: no hidden neuron
    Size inputs = 1;  // d, bias included
    Size output_count = 1;
    bool output_bias = false, skip = false;

    // What the output layer sums: the hidden neurons, then 1 where there is an output bias, then the inputs
    // where they are connected to the outputs.
    Size features() const noexcept { return width + (output_bias ? 1 : 0) + (skip ? inputs : 0); }
    Size parameter_count() const noexcept { return width * inputs + features() * output_count; }

    Size weight(Size i, Size j) const noexcept { return i * inputs + j; }
    // By which feature q is multiplied in output o.
    Size coefficient(Size q, Size o) const noexcept {
        const Size behind = q - width - (output_bias ? 1 : 0);  // an input
        if (behind < 0) return width * inputs + q * output_count + o;
        return width * inputs + (q - behind) * output_count + o * inputs + behind;
    }
};

}  // namespace tepui
