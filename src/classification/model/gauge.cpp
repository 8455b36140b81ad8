// Motions of the parameters that leave the loss as it is, whatever the data (MATH.md section 15).
#include <algorithm>
#include <cmath>

#include "classification/model/model.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {
namespace {

// The constant is among the inputs: some e has e . x = 1 for every sample.
bool constant_input(const Dataset& data, const Execution& execution) {
    if (data.bias()) return true;
    // The same rank with a constant column beside the inputs.
    const Size n = data.samples(), d = data.inputs();
    Buffer<double> x(checked_product(n, d + 1)), none(n), weights(n);
    for (Size k = 0; k < n; ++k) {
        data.sample(k, x.data() + k * (d + 1));
        x[k * (d + 1) + d] = 1.0;
        weights[k] = data.given_weight(k);
    }
    const Dataset beside({n, d + 1, x.data(), d + 1, none.data(), weights.data()}, false, false,
                         LossScaling::sum);
    return input_space(beside, execution).rank <= d;
}

}  // namespace

Size gauge_dimension(const Dataset& data, const Network& network, const Execution& execution) {
    const Decay& decay = data.decay();
    const Size outputs = network.output_count;
    // Softmax: the coefficients of any feature plus a multiple of (1, .., 1).
    const bool shifts = data.loss().shift_invariant();
    Size dimension = 0;
    if (shifts && decay.outputs == 0.0) dimension += network.width;
    const bool free_bias = network.output_bias && decay.output_biases == 0.0;
    const bool free_skip = network.skip && decay.skip == 0.0 && (!data.bias() || decay.output_biases == 0.0);
    if (shifts && free_bias) ++dimension;
    if (shifts && free_skip) dimension += network.inputs;
    // An output bias that the skip connections of the constant input do as well: one motion an output, along
    // (1, .., 1) counted already.
    if (free_bias && free_skip && constant_input(data, execution))
        dimension += shifts ? outputs - 1 : outputs;
    // sigma(c z) = c^p sigma(z): (c w, c^-p a).
    if (decay.none()) {
        for (Size i = 0; i < network.width; ++i) {
            const double* const w = network.weights(i);
            bool seen = std::any_of(w, w + network.inputs, [](double v) { return v != 0.0; });
            bool out = false;
            for (Size o = 0; o < outputs; ++o) out = out || network.output(i, o) != 0.0;
            if (seen && out && network.activation_of(i).traits().homogeneity > 0) ++dimension;
        }
    }
    return dimension;
}

}  // namespace tepui
