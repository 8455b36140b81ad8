// Networks whose neurons are daughters of others: their verdict and index from those of the parents, and
// their ways down (MATH.md sections 14, 15).
#include <algorithm>
#include <string>

#include "classification/model/model.hpp"
#include "classification/point/parts.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

GammaSigns signs_of(const std::vector<double>& gamma) {
    GammaSigns signs;
    for (const double share : gamma)
        ++(share > 0.0 ? signs.positive : share < 0.0 ? signs.negative : signs.zero);
    return signs;
}

// Parameters of the given network from those of the narrow one.
std::vector<double> widened(const ModelReport& report, const Network& narrow) {
    Network wide = report.network;
    const Size outputs = wide.output_count;
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const DaughterGroup& group = report.groups[i];
        for (std::size_t j = 0; j < group.members.size(); ++j) {
            for (Size l = 0; l < wide.inputs; ++l)
                wide.weights(group.members[j])[l] =
                    group.weight_signs[j] * narrow.weights(static_cast<Size>(i))[l];
            for (Size o = 0; o < outputs; ++o)
                wide.output(group.members[j], o) =
                    group.output_signs[j] * group.gamma[j] * narrow.output(static_cast<Size>(i), o);
        }
    }
    for (Size q = wide.width; q < wide.features(); ++q)
        for (Size o = 0; o < outputs; ++o)
            wide.parameters[wide.coefficient(q, o)] =
                narrow.parameters[narrow.coefficient(q - wide.width + narrow.width, o)];
    return std::move(wide.parameters);
}

// All daughters follow the narrow network's direction of negative curvature.
Witness along_hessian(const ModelReport& report) {
    Network direction = report.narrow;
    direction.parameters = report.narrow_descent;
    Witness witness(report.network);
    witness.coefficient = 0.5 * report.hessian.curvature_negative;
    witness.curve = [start = report.network.parameters, v = widened(report, direction)](double epsilon) {
        std::vector<double> point(start);
        for (std::size_t p = 0; p < point.size(); ++p) point[p] += epsilon * v[p];
        return point;
    };
    return witness;
}

// The daughters of one neuron move apart.
std::optional<Witness> by_daughters(const ModelReport& report) {
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const DaughterGroup& group = report.groups[i];
        const GammaSigns signs = signs_of(group.gamma);
        if (group.members.size() == 1 || !contains(report.layer->neurons[i].plateau.saddles, signs)) continue;
        const auto curve = [network = report.network, layer = report.layer, group,
                            i = static_cast<Size>(i)](double epsilon) {
            Network moved = network;
            const LayerWayDown way = layer_way_down(*layer, i, group.gamma, epsilon);
            const LayerWayDown rest = layer_way_down(*layer, i, group.gamma, 0.0);
            for (std::size_t j = 0; j < group.members.size(); ++j) {
                const auto row = static_cast<Size>(j);
                for (Size l = 0; l < network.inputs; ++l)
                    moved.weights(group.members[j])[l] +=
                        group.weight_signs[j] * (way.weights(row, l) - rest.weights(row, l));
                for (Size o = 0; o < network.output_count; ++o)
                    moved.output(group.members[j], o) +=
                        group.output_signs[j] * (way.outputs(row, o) - rest.outputs(row, o));
            }
            return moved.parameters;
        };
        const LayerWayDown way = layer_way_down(*report.layer, static_cast<Size>(i), group.gamma, 0.0);
        if (!(way.coefficient < 0.0)) continue;
        Witness witness(report.network);
        witness.order = way.order;
        witness.coefficient = way.coefficient;
        witness.curve = curve;
        return witness;
    }
    return std::nullopt;
}

// The network in which these neurons of the narrow one are split, and its groups.
void split_narrow(const std::vector<const NeuronSplit*>& of, ModelReport& report) {
    const Network& narrow = report.narrow;
    Size width = 0;
    report.groups.clear();
    for (const NeuronSplit* split : of) {
        DaughterGroup group;
        group.gamma = split != nullptr ? split->gamma : std::vector<double>{1.0};
        for (std::size_t j = 0; j < group.gamma.size(); ++j) group.members.push_back(width++);
        group.weight_signs.assign(group.gamma.size(), 1.0);
        group.output_signs = group.weight_signs;
        report.groups.push_back(std::move(group));
    }
    report.network = with_neurons(narrow, width);
    if (!narrow.unit_activations.empty()) {
        for (std::size_t i = 0; i < of.size(); ++i)
            report.network.unit_activations.insert(report.network.unit_activations.end(),
                                                   report.groups[i].members.size(),
                                                   narrow.unit_activations[i]);
    }
    report.network.parameters = widened(report, narrow);
}

// Of each neuron its split; null where it has none.
std::vector<const NeuronSplit*> by_neuron(Size width, std::span<const NeuronSplit> splits) {
    std::vector<const NeuronSplit*> of(static_cast<std::size_t>(width), nullptr);
    for (const NeuronSplit& split : splits) {
        const std::string name = "neuron " + std::to_string(split.neuron);
        if (split.neuron < 0 || split.neuron >= width)
            throw Error(Status::invalid_size,
                        name + " is to be split, expected 0 <= neuron < " + std::to_string(width));
        const NeuronSplit*& its = of[static_cast<std::size_t>(split.neuron)];
        if (its != nullptr)
            throw Error(Status::invalid_value, name + " is to be split twice, once is expected");
        check_gamma(split.gamma);
        its = &split;
    }
    return of;
}

}  // namespace

void judge_groups(ModelReport& report) {
    const Verdict narrow = report.verdict;
    bool any = false, open = false;
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const DaughterGroup& group = report.groups[i];
        if (group.members.size() == 1) continue;
        any = true;
        const LayerNeuron& neuron = report.layer->neurons[i];
        const GammaSigns signs = signs_of(group.gamma);
        const Network& network = report.network;
        report.index += added_index(neuron.shape, signs, network.output_count, network.inputs - report.rank);
        if (report.verdict == Verdict::saddle) continue;
        if (contains(neuron.plateau.saddles, signs)) {
            report.verdict = Verdict::saddle;
            report.rule =
                neuron.plateau.type == PlateauType::undetermined ? Rule::lemma_4 : neuron.plateau.rule;
        } else if (!contains(neuron.plateau.minima, signs) && !open) {
            open = true;
            report.rule = neuron.plateau.rule;
        }
    }
    if (!any) return;
    report.strict = false;
    if (report.verdict == Verdict::saddle) return;
    report.verdict = open ? Verdict::undetermined : narrow;
    if (!open && narrow == Verdict::local_minimum && !report.global) report.rule = Rule::every_group_minimum;
}

void find_way_down(const Dataset& data, ModelReport& report, const Execution& execution) {
    report.witness.reset();
    if (report.verdict != Verdict::saddle) return;
    execution.report_or_throw("way down", 0.9);
    report.witness =
        report.narrow_descent.empty() ? by_daughters(report) : std::optional(along_hessian(report));
    if (!report.witness) return;
    measure_fall(data, *report.witness, execution);
    if (!report.witness->descends()) report.witness.reset();
}

ModelReport classify_model_splits(const Dataset& data, const ModelReport& point,
                                  std::span<const NeuronSplit> splits, const Execution& execution) {
    require_stationary(*point.layer);
    ModelReport report = point;
    split_narrow(by_neuron(point.narrow.width, splits), report);
    const NarrowPoint& narrow = point.layer->narrow;
    report.verdict = narrow.verdict;
    if (narrow.verdict == Verdict::saddle) report.rule = Rule::theorem_4;
    if (narrow.index) report.index = *narrow.index;
    const Size unseen = report.network.inputs - report.rank;
    const Size rows = report.network.width + (report.network.skip ? report.network.output_count : 0);
    report.data_nullity = unseen * rows;
    judge_groups(report);
    find_way_down(data, report, execution);
    return report;
}

}  // namespace tepui
