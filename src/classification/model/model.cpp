#include "classification/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "classification/layer/output_space.hpp"
#include "classification/point/parts.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/required_memory.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/derivatives/kinks.hpp"
#include "network/inputs/input_space.hpp"
#include "splitting/reduction.hpp"

namespace tepui {
namespace {

void check(const Dataset& data, const Network& network) {
    if (network.inputs != data.inputs())
        throw Error(Status::invalid_size,
                    "network has " + std::to_string(network.inputs) +
                        " inputs, expected those of the data set: " + std::to_string(data.inputs()));
    for (Size i = 0; i < network.width; ++i) {
        if (network.activation_of(i).derivatives() < 2)
            throw Error(Status::unsupported,
                        "activation " + std::string(network.activation_of(i).name()) +
                            " is not twice differentiable: its stationary points are not "
                            "classified");
    }
    const auto order = static_cast<double>(network.parameter_count());
    require_memory(sizeof(double) * 4.0 * order * order,
                   "the dense Hessian of " + std::to_string(network.parameter_count()) + " parameters", "");
}

// The narrow network where it is analysed: in the inputs' own space, where no weights that it would lose
// decay.
struct Analysed {
    Analysed(const Dataset& given, const Network& narrow, const Execution& execution)
        : space(input_space(given, execution)) {
        const Decay& decay = given.decay();
        if (space.full() || decay.weights != 0.0 || decay.hidden_biases != 0.0 || decay.skip != 0.0 ||
            decay.output_biases != 0.0) {
            data = &given, network = &narrow;
            return;
        }
        own_data.emplace(project(given, space, execution));
        own_data->set_decay(decay);
        own_network.emplace(project(narrow, space));
        data = &*own_data, network = &*own_network;
    }
    Network lifted(Network inside) const { return own_network ? lift(inside, space) : std::move(inside); }
    std::vector<double> lifted(const std::vector<double>& v) const {
        if (v.empty() || !own_network) return v;
        Network one(network->activation, Layout{1, network->inputs, 1});
        std::copy(v.begin(), v.end(), one.weights(0));
        one = lift(one, space);
        return {one.weights(0), one.weights(0) + one.inputs};
    }

    InputSpace space;
    const Dataset* data;
    const Network* network;
    std::optional<Dataset> own_data;
    std::optional<Network> own_network;
};

struct SecondOrder {
    SpectralReport spectrum;
    Uncertainty uncertainty;
};

SecondOrder second_order(const Analysed& at, const Tolerances& tolerances, const Execution& execution) {
    const HessianValue value = hessian(*at.data, *at.network, execution);
    const Equilibrated equilibrated = equilibrate(value.value, value.magnitude);
    SecondOrder found;
    found.uncertainty = point_uncertainty(*at.data, *at.network, value, equilibrated, tolerances, execution);
    found.spectrum = spectral_report(value.value, equilibrated, at.data->samples(),
                                     &found.uncertainty.hessian, tolerances.rounding_factor);
    doubt_hidden_zeros(value, *at.network, found.spectrum);
    return found;
}

void judge_point(ModelReport& report) {
    const Inertia& inertia = report.hessian.inertia;
    if (inertia.negative > 0) {
        report.verdict = Verdict::saddle;
        report.rule = Rule::hessian_negative_eigenvalue;
    } else if (inertia.zero == 0) {
        report.verdict = Verdict::local_minimum;
        report.rule = Rule::hessian_positive_definite;
        report.strict = report.data_nullity == 0;
    } else if (inertia.zero == report.explained_zeros) {
        report.verdict = Verdict::local_minimum;
        report.rule = Rule::gauge_orbit;
    }
}

void judge_neurons(const Analysed& at, const SecondOrder& found, const Tolerances& tolerances,
                   bool exact_zeros, const Execution& execution, ModelReport& report) {
    const Network& network = *at.network;
    NarrowPoint narrow;
    narrow.verdict = report.verdict;
    narrow.definite = report.verdict == Verdict::local_minimum;
    narrow.index = report.index;
    report.layer->narrow = narrow;
    const LayerSums sums = layer_sums(*at.data, network, execution);
    std::optional<LayerSums> other;
    if (found.uncertainty.corrected) other = layer_sums(*at.data, *found.uncertainty.corrected, execution);
    const Matrix idle = idle_outputs(*at.data, network, execution);
    report.layer->idle_outputs = idle.rows();
    // Where the point nearby overflows nothing is certain.
    const double level = found.uncertainty.corrected_failed ? 1.0 : 0.0;
    const SumErrors errors{at.data->samples(), tolerances.rounding_factor, level, nullptr, exact_zeros};
    for (Size i = 0; i < network.width; ++i) {
        const auto q = static_cast<std::size_t>(i);
        LayerNeuron one = judge_neuron(sums.neurons[q], other ? &other->neurons[q] : nullptr, network, i,
                                       idle, errors, narrow);
        if (report.global)
            one.plateau = {PlateauType::all_local_minima, report.rule, GammaRegion::everywhere,
                           GammaRegion::none};
        one.v = at.lifted(one.v);
        one.shape.inner.v_negative = at.lifted(one.shape.inner.v_negative);
        one.shape.inner.v_positive = at.lifted(one.shape.inner.v_positive);
        report.layer->neurons.push_back(std::move(one));
    }
}

GammaSigns signs_of(const std::vector<double>& gamma) {
    GammaSigns signs;
    for (const double share : gamma)
        ++(share > 0.0 ? signs.positive : share < 0.0 ? signs.negative : signs.zero);
    return signs;
}

// The verdict on the given network from that on its parents, group by group, and its index.
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
Witness along_hessian(const ModelReport& report, const Analysed& at) {
    Network direction = *at.network;
    direction.parameters = report.hessian.v_negative;
    const std::vector<double> v = widened(report, at.lifted(std::move(direction)));
    Witness witness(report.network);
    witness.coefficient = 0.5 * report.hessian.curvature_negative;
    witness.curve = [start = report.network.parameters, v](double epsilon) {
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

Merged each_alone(const Network& network) {
    Merged merged{network, {}};
    for (Size i = 0; i < network.width; ++i) merged.groups.push_back({{i}, {1.0}, {1.0}, {1.0}});
    return merged;
}

}  // namespace

ModelReport classify_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                           bool exact_zeros, const Execution& execution) {
    check(data, network);
    ModelReport report(network);
    report.decayed = report.layer->decayed = !data.decay().none();
    PointReport point;
    const Gradient slope = gradient(data, network, execution);
    const bool stationary = stationarity(slope, tolerances, point);
    report.loss = slope.loss.loss;
    report.gradient_norm = point.gradient_norm;
    report.gradient_relative = point.gradient_relative;
    report.stationarity_tolerance = point.stationarity_tolerance;
    // Where no function of the inputs has a smaller loss the gradient is rounding over rounding.
    report.global = least_of_all(data, network, tolerances.rounding_factor, execution);
    Merged merged =
        report.decayed ? each_alone(network) : merge_daughters(network, ReductionTolerances{}.weights);
    report.groups = std::move(merged.groups);
    report.narrow = std::move(merged.narrow);
    report.layer->layer = report.narrow;
    report.layer->samples = data.samples();
    if (!stationary && !report.global) {
        report.verdict = Verdict::not_stationary;
        report.rule = Rule::gradient_test;
        return report;
    }
    report.layer->stationary = true;
    report.layer->gradient_relative = report.gradient_relative;
    report.layer->stationarity_tolerance = report.stationarity_tolerance;

    execution.report_or_throw("Hessian", 0.0);
    const Analysed at(data, report.narrow, execution);
    report.rank = report.layer->rank = at.own_network ? at.network->inputs : network.inputs;
    const Size unseen = network.inputs - report.rank;
    report.data_nullity = unseen * (report.narrow.width + (network.skip ? network.output_count : 0));
    SecondOrder found = second_order(at, tolerances, execution);
    const Size order = at.network->parameter_count();
    report.layer->kink = !report.global && at_kink(*at.data, *at.network, found.uncertainty.step, execution);
    if (report.layer->kink) {
        report.rule = Rule::kink;
        const Size all = network.parameter_count();
        report.index = {{0, all}, {0, all}};
        return report;
    }
    report.hessian = std::move(found.spectrum);
    const Size zeros = report.hessian.inertia.zero;
    report.explained_zeros =
        exact_zeros ? zeros : std::min(zeros, gauge_dimension(*at.data, *at.network, execution));
    if (report.global) {
        report.verdict = Verdict::local_minimum;
        report.rule = Rule::least_convex_loss;
        report.strict = report.hessian.inertia.positive == network.parameter_count();
    } else {
        judge_point(report);
    }
    report.index = within(sign_counts(report.hessian, order, report.explained_zeros).bounds(), order,
                          report.verdict == Verdict::local_minimum);
    report.index += IndexBounds{{0, 0}, {report.data_nullity, report.data_nullity}};

    const bool narrow_saddle = report.verdict == Verdict::saddle;
    if (!report.decayed && report.narrow.width > 0) {
        judge_neurons(at, found, tolerances, exact_zeros, execution, report);
        judge_groups(report);
        report.data_nullity += unseen * (network.width - report.narrow.width);
    }
    if (report.verdict != Verdict::saddle) return report;
    execution.report_or_throw("way down", 0.9);
    report.witness = narrow_saddle ? std::optional(along_hessian(report, at)) : by_daughters(report);
    if (!report.witness) return report;
    measure_fall(data, *report.witness, execution);
    if (!report.witness->descends()) report.witness.reset();
    return report;
}

}  // namespace tepui
