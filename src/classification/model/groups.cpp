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

// Parameters of the given network, mirror images turned as their parents are, from those of the narrow one.
std::vector<double> widened(const ModelReport& report, const Network& narrow) {
    Network wide = report.network;
    const Size outputs = wide.output_count;
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const DaughterGroup& group = report.groups[i];
        for (std::size_t j = 0; j < group.members.size(); ++j) {
            std::copy_n(narrow.weights(static_cast<Size>(i)), wide.inputs, wide.weights(group.members[j]));
            for (Size o = 0; o < outputs; ++o)
                wide.output(group.members[j], o) = group.gamma[j] * narrow.output(static_cast<Size>(i), o);
        }
    }
    for (Size q = wide.width; q < wide.features(); ++q)
        for (Size o = 0; o < outputs; ++o)
            wide.parameters[wide.coefficient(q, o)] =
                narrow.parameters[narrow.coefficient(q - wide.width + narrow.width, o)];
    return std::move(wide.parameters);
}

// The given network with mirror images turned as their parents are, and the way back.
class Aligned {
  public:
    explicit Aligned(const ModelReport& report)
        : given_(report.network), groups_(report.groups), network_(report.network), back_(report.network) {
        turn_mirrored(groups_, network_);
        back_.parameters = network_.parameters;
        turn_mirrored(groups_, back_);
    }
    const Network& network() const { return network_; }
    std::vector<double> given(Network moved) const {
        if (network_.parameters == given_.parameters) return std::move(moved.parameters);
        turn_mirrored(groups_, moved);
        for (std::size_t p = 0; p < moved.parameters.size(); ++p)  // turning twice rounds
            moved.parameters[p] = given_.parameters[p] + (moved.parameters[p] - back_.parameters[p]);
        return std::move(moved.parameters);
    }

  private:
    Network given_;
    std::vector<DaughterGroup> groups_;
    Network network_, back_;
};

// All daughters follow the narrow network's direction of negative curvature.
Witness along_hessian(const ModelReport& report) {
    Network direction = report.narrow;
    direction.parameters = report.narrow_descent;
    Witness witness(report.network);
    witness.coefficient = 0.5 * report.hessian.curvature_negative;
    witness.curve = [aligned = Aligned(report), v = widened(report, direction)](double epsilon) {
        Network moved = aligned.network();
        for (std::size_t p = 0; p < v.size(); ++p) moved.parameters[p] += epsilon * v[p];
        return aligned.given(std::move(moved));
    };
    return witness;
}

// The daughters of one neuron move apart; reach as in layer_way_down.
std::optional<Witness> by_daughters(const ModelReport& report, double reach) {
    for (std::size_t i = 0; i < report.groups.size(); ++i) {
        const DaughterGroup& group = report.groups[i];
        const GammaSigns signs = signs_of(group.gamma);
        if (group.members.size() == 1 || !contains(report.layer->neurons[i].plateau.saddles, signs)) continue;
        const auto curve = [aligned = Aligned(report), layer = report.layer, group, i = static_cast<Size>(i),
                            reach](double epsilon) {
            Network moved = aligned.network();
            const LayerWayDown way = layer_way_down(*layer, i, group.gamma, epsilon, reach);
            const LayerWayDown rest = layer_way_down(*layer, i, group.gamma, 0.0);
            for (std::size_t j = 0; j < group.members.size(); ++j) {
                const auto row = static_cast<Size>(j);
                for (Size l = 0; l < moved.inputs; ++l)
                    moved.weights(group.members[j])[l] += way.weights(row, l) - rest.weights(row, l);
                for (Size o = 0; o < moved.output_count; ++o)
                    moved.output(group.members[j], o) += way.outputs(row, o) - rest.outputs(row, o);
            }
            return aligned.given(std::move(moved));
        };
        const LayerWayDown way = layer_way_down(*report.layer, static_cast<Size>(i), group.gamma, 0.0, reach);
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
        group.signs.assign(group.gamma.size(), 1);
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
    constexpr double kNearer = 1.0 / 16.0;
    constexpr int kReaches = 4;
    double reach = 1.0;
    for (int tried = 0; tried < kReaches; ++tried, reach *= kNearer) {
        std::optional<Witness> found = report.narrow_descent.empty() ? by_daughters(report, reach)
                                                                     : std::optional(along_hessian(report));
        if (!found) return;
        measure_fall(data, *found, execution);
        const bool further = !report.witness || falls_further(found->change(), report.witness->change());
        const bool only = found->order <= 3;  // others have a size of their own beside the slide
        if (found->descends() && further) report.witness = std::move(found);
        if (only) return;
    }
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
