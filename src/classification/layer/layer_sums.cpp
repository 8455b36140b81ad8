#include "classification/layer/layer_sums.hpp"

#include <algorithm>

#include "splitting/inner_hessian_sum.hpp"

namespace tepui {

LayerSums layer_sums(const Dataset& data, const Network& network, Size first, Size count,
                     const Execution& execution) {
    const Size d = network.inputs, outputs = network.output_count;
    GradientSum slopes(network);
    InnerHessianSum curvatures(first, count, d, Bounds::with, outputs);
    run_pass(data, network, execution, slopes, curvatures);
    const InnerHessians inner = curvatures.finish();
    LayerSums result{slopes.finish(network, data.decay()), {}};
    for (Size i = 0; i < count; ++i) {
        const double* const terms = inner.magnitude.row(i);
        NeuronSums one{Matrix(d, outputs), Matrix(d, outputs), inner.matrix(i), {terms, terms + d}};
        for (Size j = 0; j < d; ++j) {
            for (Size o = 0; o < outputs; ++o) {
                one.slopes(j, o) = slopes.slope(first + i, j, o);
                one.slope_terms(j, o) = slopes.slope_terms(first + i, j, o);
            }
        }
        result.neurons.push_back(std::move(one));
    }
    return result;
}

Size neurons_at_once(const Layout& layout) {
    constexpr Size kMostNumbers = Size{1} << 26;
    const Size each = 2 * triangle(layout.inputs) + 8 * layout.inputs * layout.output_count;
    return std::clamp<Size>(kMostNumbers / each, 1, std::max<Size>(layout.width, 1));
}

}  // namespace tepui
