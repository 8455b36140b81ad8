#include "classification/layer/layer_sums.hpp"

#include "splitting/inner_hessian_sum.hpp"

namespace tepui {

LayerSums layer_sums(const Dataset& data, const Network& network, const Execution& execution) {
    const Size m = network.width, d = network.inputs, outputs = network.output_count;
    GradientSum slopes(network);
    InnerHessianSum curvatures(0, m, d, Bounds::with, outputs);
    run_pass(data, network, execution, slopes, curvatures);
    const InnerHessians inner = curvatures.finish();
    LayerSums result{slopes.finish(network, data.decay()), {}};
    for (Size i = 0; i < m; ++i) {
        const double* const terms = inner.magnitude.row(i);
        NeuronSums one{Matrix(d, outputs), Matrix(d, outputs), inner.matrix(i), {terms, terms + d}};
        for (Size j = 0; j < d; ++j) {
            for (Size o = 0; o < outputs; ++o) {
                one.slopes(j, o) = slopes.slope(i, j, o);
                one.slope_terms(j, o) = slopes.slope_terms(i, j, o);
            }
        }
        result.neurons.push_back(std::move(one));
    }
    return result;
}

}  // namespace tepui
