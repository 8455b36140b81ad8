// The neurons of a layer and their splits.
#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report slopes_report(const OutputSlopes& slopes) {
    return tepui_report::object({{"rank", known(slopes.rank.known() ? slopes.rank.least : -1)},
                                 {"rank_bounds", std::vector<Size>{slopes.rank.least, slopes.rank.most}},
                                 {"zero_by_structure", slopes.structural},
                                 {"largest_singular_value", slopes.largest},
                                 {"tau", slopes.tau},
                                 {"margin", slopes.margin}});
}

tepui_report index_report(const std::optional<IndexBounds>& index) {
    if (!index) return nullptr;
    tepui_report report = tepui_report::object();
    add_index(report, *index);
    return report;
}

}  // namespace

tepui_report layer_neuron_report(const LayerReport& layer, Size i) {
    const LayerNeuron& one = layer.neurons[static_cast<std::size_t>(i)];
    std::vector<double> output;
    for (Size o = 0; o < layer.layer.output_count; ++o) output.push_back(layer.layer.output(i, o));
    return tepui_report::object({{"neuron", i},
                                 {"a", std::move(output)},
                                 {"slopes", slopes_report(one.shape.slopes)},
                                 {"inner_hessian", spectrum_report(one.shape.inner)},
                                 {"inner_hessian_order", one.shape.order},
                                 {"definiteness", one.definiteness},
                                 {"plateau", one.plateau.type},
                                 {"rule", one.plateau.rule},
                                 {"reason", sentence_of(one.plateau.rule)},
                                 {"local_minima", one.plateau.minima},
                                 {"saddles", one.plateau.saddles}});
}

tepui_report layer_report(const LayerReport& layer) {
    tepui_report report = tepui_report::object({{"samples", layer.samples},
                                                {"inputs", layer.layer.inputs},
                                                {"outputs", layer.layer.output_count},
                                                {"neuron_count", layer.layer.width},
                                                {"rank", layer.rank},
                                                {"idle_outputs", layer.idle_outputs},
                                                {"gradient_norm", layer.gradient_norm},
                                                {"gradient_relative", layer.gradient_relative},
                                                {"stationarity_tolerance", layer.stationarity_tolerance},
                                                {"stationary", layer.stationary},
                                                {"kink", layer.kink},
                                                {"narrow_verdict", layer.narrow.verdict},
                                                {"narrow_index", index_report(layer.narrow.index)}});
    tepui_report neurons = tepui_report::array();
    for (Size i = 0; i < static_cast<Size>(layer.neurons.size()); ++i)
        neurons.push_back(layer_neuron_report(layer, i));
    report.add("neurons", std::move(neurons));
    return report;
}

tepui_report layer_split_report(const LayerSplit& split, const std::vector<double>& gamma) {
    tepui_report report = tepui_report::object({{"gamma", gamma},
                                                {"verdict", split.verdict},
                                                {"rule", split.rule},
                                                {"reason", sentence_of(split.rule)},
                                                {"added", index_report(split.added)},
                                                {"index", index_report(split.index)}});
    return report;
}

}  // namespace tepui
