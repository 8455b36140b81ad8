#include "report/telling.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tepui {

bool Whole::reduced() const {
    const std::vector<NeuronGroup>& groups = report.grouping.groups;
    return std::any_of(groups.begin(), groups.end(), [](const NeuronGroup& group) {
        return group.kind != GroupKind::parent || group.members.size() != 1;
    });
}

Network Telling::network(Network unit) const {
    scale.to_given(unit);
    return unit;
}

Witness Telling::witness(const Witness& unit) const {
    Witness told = unit;
    if (scale.identity()) return told;
    const auto parameters = [telling = *this, shape = unit.base](std::vector<double> values) {
        Network network = shape;
        network.parameters = std::move(values);
        return telling.network(std::move(network)).parameters;
    };
    scale.to_given(told.base);
    for (double* change : {&told.coefficient, &told.predicted, &told.measured, &told.measured_error})
        *change = loss(*change);
    if (!told.point.empty()) told.point = parameters(told.point);
    told.curve = [parameters, curve = unit.curve](double epsilon) { return parameters(curve(epsilon)); };
    return told;
}

Network in_inputs_of(const Whole& whole, Network analysed, const std::vector<NeuronSplit>& splits) {
    std::vector<Size> parents;  // of each neuron, daughters in their parent's place
    for (Size i = 0; i < whole.report.grouping.narrow.width; ++i) {
        const auto split = std::find_if(splits.begin(), splits.end(),
                                        [&](const NeuronSplit& one) { return one.neuron == i; });
        parents.insert(parents.end(), split == splits.end() ? 1 : split->gamma.size(), i);
    }
    // Coordinates of the input space have no scale but that of the targets.
    UnitScale scale = whole.scale;
    if (whole.report.projected) scale.inputs.clear();
    scale.to_unit(analysed);
    Lifted found = in_given_inputs(whole.report, std::move(analysed), parents);
    if (!found.fitted) {
        throw Error(
            Status::numeric,
            "no weights near those of the given network keep the samples that are set apart fitted there");
    }
    whole.scale.to_given(found.network);
    return std::move(found.network);
}

Network point_on(const Witness& told, const Telling& telling, const std::vector<NeuronSplit>& splits,
                 double epsilon) {
    Network point = told.base;
    point.parameters = told.curve(epsilon);
    return telling.whole ? in_inputs_of(*telling.whole, std::move(point), splits) : point;
}

}  // namespace tepui
