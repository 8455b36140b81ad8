#include "classification/escape/locally_constant.hpp"

#include <cmath>
#include <limits>

#include "classification/escape/sample_slabs.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {

std::vector<bool> locally_constant_neurons(const Dataset& data, const Network& network,
                                           const Execution& execution) {
    const Size m = network.width, d = network.inputs;
    std::vector<bool> constant(static_cast<std::size_t>(m), network.activation.traits().flat_on_negatives);
    if (!network.activation.traits().flat_on_negatives) return constant;

    std::vector<double> absolute_weights(static_cast<std::size_t>(m * d));
    for (Size e = 0; e < m * d; ++e) absolute_weights[e] = std::abs(network.parameters[e]);
    const SampleSlabs slabs(data.samples());
    std::vector<std::vector<char>> touched(static_cast<std::size_t>(slabs.count),
                                           std::vector<char>(static_cast<std::size_t>(m), 0));
    const double factor = 2.0 * static_cast<double>(d + 1) * std::numeric_limits<double>::epsilon();
    const double products = 2.0 * static_cast<double>(m * d);
    for_each_block(data, execution, slabs, products, [&](Size slab) {
        return [&, slab, z = Buffer<double>(m * SampleSlabs::kBlock),
                bound = Buffer<double>(m * SampleSlabs::kBlock),
                absolute = Buffer<double>(d * SampleSlabs::kBlock)](const PackedBlock& block) mutable {
            const Size stride = block.stride;
            for (Size e = 0; e < d * stride; ++e) absolute[e] = std::abs(block.xt[e]);
            kernels::preactivations(network.parameters.data(), d, m, d, block.xt.data(), stride, stride,
                                    z.data(), stride);
            kernels::preactivations(absolute_weights.data(), d, m, d, absolute.data(), stride, stride,
                                    bound.data(), stride);
            for (Size i = 0; i < m; ++i) {
                for (Size k = 0; k < block.count; ++k) {
                    const Size e = i * stride + k;
                    if (block.weights[k] > 0.0 && !(z[e] < -factor * bound[e])) touched[slab][i] = 1;
                }
            }
        };
    });
    for (const std::vector<char>& part : touched) {
        for (Size i = 0; i < m; ++i) {
            if (part[i] != 0) constant[i] = false;
        }
    }
    return constant;
}

double flat_value(const Activation& activation) {
    if (!activation.traits().flat_on_negatives) return 0.0;
    const double z = -1.0;
    double value = 0.0;
    activation.evaluate(1, &z, {&value});
    return value;
}

}  // namespace tepui
