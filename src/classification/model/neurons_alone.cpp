// Neurons of a point whose Hessian is not looked at: a layer with the pull g of the loss at its outputs
// (MATH.md section 14). Where Psi_i is not zero every split is a saddle, whatever the point is.
#include "classification/layer/output_space.hpp"
#include "classification/model/model.hpp"
#include "classification/point/parts.hpp"

namespace tepui {
namespace {

// Hidden and output weights alone.
Network layer_of(const Network& network) {
    Network layer(network.activation, Layout{network.width, network.inputs, network.output_count});
    layer.unit_activations = network.unit_activations;
    std::copy_n(network.parameters.begin(), layer.parameter_count(), layer.parameters.begin());
    return layer;
}

}  // namespace

void judge_neurons_alone(const Dataset& data, const Tolerances& tolerances, bool exact_zeros,
                         const Execution& execution, ModelReport& report) {
    const Size outputs = report.network.output_count, parameters = report.network.parameter_count();
    report.verdict = report.global ? Verdict::local_minimum : Verdict::undetermined;
    report.rule = report.global ? Rule::least_convex_loss : Rule::neurons_alone;
    report.hessian.counted = false;
    const IndexBounds unknown{{0, report.global ? 0 : parameters}, {0, parameters}};
    report.index = unknown;
    report.rank = report.network.inputs;
    if (report.decayed || report.narrow.width == 0) return;
    OutputPulls pull = output_pulls(data, report.narrow, execution);
    for (Size k = 0; k < data.samples(); ++k)
        for (Size o = 0; o < outputs; ++o) {
            double& g = pull.g[k * outputs + o];
            g = data.weight(k) > 0.0 ? g / data.weight(k) : 0.0;
        }
    const Dataset pulled = data.with_targets(std::move(pull.g), linear_loss());
    NarrowPoint narrow;
    narrow.verdict = report.verdict;
    LayerReport layer =
        inspect_layer({pulled, layer_of(report.narrow)}, nullptr, narrow, tolerances, exact_zeros, execution);
    report.rank = layer.rank;
    report.data_nullity =
        (report.network.inputs - layer.rank) * (report.network.width + (report.network.skip ? outputs : 0));
    if (report.global) {
        for (LayerNeuron& one : layer.neurons)
            one.plateau = {PlateauType::all_local_minima, report.rule, GammaRegion::everywhere,
                           GammaRegion::none};
    }
    report.layer = std::make_shared<LayerReport>(std::move(layer));
    if (!report.layer->stationary || report.layer->kink) {
        report.rule = report.layer->kink ? Rule::kink : Rule::neurons_alone;
        return;
    }
    judge_groups(report);
    report.index = unknown;
    find_way_down(data, report, execution);
}

}  // namespace tepui
