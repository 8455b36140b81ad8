#include "classification/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "classification/layer/output_space.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/point/least_loss.hpp"
#include "classification/point/parts.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/required_memory.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/derivatives/kinks.hpp"
#include "network/inputs/input_space.hpp"
#include "splitting/reduction.hpp"

namespace tepui {
namespace {

void check(const Dataset& data, const Network& network, bool dense) {
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
    if (!dense) return;
    const auto order = static_cast<double>(network.parameter_count());
    require_memory(sizeof(double) * 4.0 * order * order,
                   "the dense Hessian of " + std::to_string(network.parameter_count()) + " parameters",
                   "; the Hessian method matrix_free needs none (saddles are proven, minima indicated)");
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
    std::optional<HessianEvidence> evidence;
};

SecondOrder by_products(const Analysed& at, const Tolerances& tolerances, const Execution& execution) {
    HessianSearch found = search_hessian(*at.data, *at.network, gradient(*at.data, *at.network, execution),
                                         tolerances, execution, gauge_motions(*at.data, *at.network));
    return {std::move(found.spectrum), std::move(found.uncertainty), found.evidence};
}

SecondOrder by_spectrum(const Analysed& at, const Tolerances& tolerances, const Execution& execution) {
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
    } else if (!report.hessian.counted) {
        if (inertia.zero > 0) return;
        report.verdict = Verdict::indicated_minimum;
        report.rule = Rule::smallest_ritz_value;
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
    const Matrix idle = idle_outputs(*at.data, network, execution);
    report.layer->idle_outputs = idle.rows();
    // Where the point nearby overflows nothing is certain.
    const double level = found.uncertainty.corrected_failed ? 1.0 : 0.0;
    const SumErrors errors{at.data->samples(), tolerances.rounding_factor, level, nullptr, exact_zeros};
    const bool constant = asks_for_constant(network) && !constant_direction(*at.data).empty();
    const Network* const corrected = found.uncertainty.corrected ? &*found.uncertainty.corrected : nullptr;
    NullDirections null(*at.data, network, at.data, corrected, errors, execution);
    LayerSums sums;
    std::optional<LayerSums> other;
    const Size batch = neurons_at_once(network);
    for (Size i = 0; i < network.width; ++i) {
        if (i % batch == 0) {
            const Size count = std::min(batch, network.width - i);
            sums = layer_sums(*at.data, network, i, count, execution);
            if (corrected != nullptr) other = layer_sums(*at.data, *corrected, i, count, execution);
        }
        const auto q = static_cast<std::size_t>(i % batch);
        LayerNeuron one = judge_neuron(sums.neurons[q], other ? &other->neurons[q] : nullptr, network, i,
                                       idle, constant, errors, narrow);
        if (report.global)
            one.plateau = {PlateauType::all_local_minima, report.rule, GammaRegion::everywhere,
                           GammaRegion::none};
        look_along_null_vectors(null, i, one);
        if (one.null) one.null->v = at.lifted(one.null->v);
        one.v = at.lifted(one.v);
        one.shape.inner.v_negative = at.lifted(one.shape.inner.v_negative);
        one.shape.inner.v_positive = at.lifted(one.shape.inner.v_positive);
        report.layer->neurons.push_back(std::move(one));
    }
}

MergedDaughters each_alone(const Network& network) {
    MergedDaughters merged{network, {}};
    for (Size i = 0; i < network.width; ++i) merged.groups.push_back({{i}, {1.0}, {1}});
    return merged;
}

}  // namespace

ModelReport classify_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                           bool exact_zeros, const Execution& execution, AnalysisScope scope,
                           HessianMethod method) {
    AnalysisOptions options;
    options.hessian_method = method;
    const bool dense = chosen_hessian_method(options, network.parameter_count()) == HessianMethod::dense;
    check(data, network, dense && scope == AnalysisScope::complete);
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
    MergedDaughters merged =
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

    if (scope == AnalysisScope::neurons) {
        judge_neurons_alone(data, tolerances, exact_zeros, execution, report);
        return report;
    }
    execution.report_or_throw("Hessian", 0.0);
    const Analysed at(data, report.narrow, execution);
    report.rank = report.layer->rank = at.own_network ? at.network->inputs : network.inputs;
    const Size unseen = network.inputs - report.rank;
    report.data_nullity = unseen * (report.narrow.width + (network.skip ? network.output_count : 0));
    SecondOrder found =
        dense ? by_spectrum(at, tolerances, execution) : by_products(at, tolerances, execution);
    const Size order = at.network->parameter_count();
    report.layer->kink = !report.global && at_kink(*at.data, *at.network, found.uncertainty.step, execution);
    if (report.layer->kink) {
        report.rule = Rule::kink;
        const Size all = network.parameter_count();
        report.index = {{0, all}, {0, all}};
        return report;
    }
    report.hessian = std::move(found.spectrum);
    report.evidence = found.evidence;
    if (found.uncertainty.corrected) report.corrected = at.lifted(*found.uncertainty.corrected);
    report.corrected_failed = found.uncertainty.corrected_failed;
    const Size zeros = report.hessian.inertia.zero;
    if (dense)
        report.explained_zeros =
            exact_zeros ? zeros : std::min(zeros, gauge_dimension(*at.data, *at.network));
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

    if (report.verdict == Verdict::saddle) {
        Network direction = *at.network;
        direction.parameters = report.hessian.v_negative;
        report.narrow_descent = at.lifted(std::move(direction)).parameters;
    }
    if (!report.decayed && report.narrow.width > 0) {
        judge_neurons(at, found, tolerances, exact_zeros, execution, report);
        judge_groups(report);
        report.data_nullity += unseen * (network.width - report.narrow.width);
    }
    find_way_down(data, report, execution);
    return report;
}

}  // namespace tepui
