#include "classification/directional/several_outputs.hpp"

#include <algorithm>

namespace tepui {
namespace {

// The hidden weights of one network with output weights a [p][m].
Network with_outputs(const Network& hidden, Size p, const double* a) {
    Network network(hidden.activation, Layout{hidden.width, hidden.inputs, p});
    std::copy_n(hidden.parameters.begin(), hidden.width * hidden.inputs, network.parameters.begin());
    for (Size i = 0; i < hidden.width; ++i)
        for (Size o = 0; o < p; ++o) network.output(i, o) = a[o * hidden.width + i];
    return network;
}

// The same way with the output weights by output.
void tell_by_output(const Network& network, Witness& witness) {
    const auto told = [layout = Layout(network)](const std::vector<double>& own) {
        const Size hidden = layout.width * layout.inputs;
        std::vector<double> plain(own.begin(), own.begin() + hidden);
        for (Size o = 0; o < layout.output_count; ++o)
            for (Size i = 0; i < layout.width; ++i) plain.push_back(own[layout.coefficient(i, o)]);
        return plain;
    };
    Network base(network.activation, network.width, network.inputs);
    base.parameters = told(network.parameters);
    witness.base = std::move(base);
    witness.point = told(witness.point);
    witness.curve = [told, curve = witness.curve](double epsilon) { return told(curve(epsilon)); };
}

}  // namespace

OutputsReport classify_several_outputs(const Dataset& data, const Network& network, Size p,
                                       const double* targets, const double* a, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution) {
    const Size count = checked_product(data.samples(), p);
    const Dataset set =
        data.with_targets(std::span<const double>(targets, static_cast<std::size_t>(count)), squared_loss());
    const Network whole = with_outputs(network, p, a);
    OutputsReport report = classify_kinked_model(set, whole, tolerances, options, execution);
    if (report.witness) tell_by_output(whole, *report.witness);
    return report;
}

}  // namespace tepui
