#include "classification/directional/directional.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/neuron_move.hpp"
#include "classification/spectrum/hidden_slope.hpp"

namespace tepui {
namespace {

void finish(DirectionalReport& report, Verdict verdict, DirectionalRule rule, Size neuron) {
    report.verdict = verdict;
    report.rule = rule;
    report.deciding_neuron = neuron;
}

// The one whose psi_i exceeds its tolerance most, relative to its terms; -1: none.
Size worst_psi(const DirectionalReport& report) {
    Size worst = -1;
    double most = 0.0;
    for (std::size_t i = 0; i < report.neurons.size(); ++i) {
        const DirectionalNeuron& neuron = report.neurons[i];
        if (neuron.psi_zero) continue;
        const double ratio = std::abs(neuron.psi) / neuron.psi_magnitude;
        if (ratio <= most) continue;
        most = ratio;
        worst = static_cast<Size>(i);
    }
    return worst;
}

template <class Property>
Size first_neuron(const DirectionalReport& report, Property&& has) {
    for (std::size_t i = 0; i < report.neurons.size(); ++i) {
        if (has(report.neurons[i])) return static_cast<Size>(i);
    }
    return -1;
}

// Of the escape neurons the one that the loss falls furthest by.
void add_escape(const Dataset& data, DirectionalReport& report) {
    for (Size i = 0; i < report.network.width; ++i) {
        const DirectionalNeuron& neuron = report.neurons[i];
        if (!neuron.escape || neuron.direction.empty()) continue;
        Witness witness = escape_neuron_witness({data, report.network, report.sums}, i, neuron.direction,
                                                neuron.derivative);
        if (report.witness && !falls_further(witness.change(), report.witness->change())) continue;
        report.witness = std::move(witness);
        report.deciding_neuron = i;
    }
}

void judge_neurons(const Dataset& data, const Tolerances& tolerances, DirectionalReport& report) {
    const LossValue& loss = report.sums.loss;
    if (loss.loss <= tolerances.zero_loss_factor * loss.rounding_loss) {
        report.global = true;
        return finish(report, Verdict::local_minimum, DirectionalRule::zero_loss, -1);
    }
    if (const Size i = worst_psi(report); i >= 0) {
        finish(report, Verdict::not_stationary, DirectionalRule::output_derivative, i);
        report.witness = output_weight_witness({data, report.network, report.sums}, i, report.neurons[i].psi);
        return;
    }
    const auto falls = [](const DirectionalNeuron& neuron) { return neuron.sign.answer == Answer::no; };
    if (const Size i = first_neuron(report, falls); i >= 0) {
        finish(report, Verdict::not_stationary, DirectionalRule::descent_direction, i);
        const DirectionalNeuron& neuron = report.neurons[i];
        const double still = 0.0;
        report.witness = neuron_witness({data, report.network, report.sums}, i, neuron.direction, {&still, 1},
                                        1, neuron.derivative);
        return;
    }
    const Size escape = first_neuron(report, [](const DirectionalNeuron& neuron) { return neuron.escape; });
    const Size open = first_neuron(
        report, [](const DirectionalNeuron& neuron) { return neuron.sign.answer == Answer::undetermined; });
    if (open >= 0) {
        finish(report, Verdict::undetermined,
               escape >= 0 ? DirectionalRule::undecided_not_minimum : DirectionalRule::undecided_neuron,
               open);
        if (escape < 0) return;
        add_escape(data, report);
        report.deciding_neuron = open;
        return;
    }
    if (escape < 0) return finish(report, Verdict::local_minimum, DirectionalRule::no_escape_neuron, -1);
    finish(report, Verdict::saddle, DirectionalRule::escape_neuron, escape);
    add_escape(data, report);
}

// A way down is one that falls beyond the error of its measurement.
void judge(const Dataset& data, const Tolerances& tolerances, DirectionalReport& report) {
    judge_neurons(data, tolerances, report);
    if (report.witness && !report.witness->descends()) report.witness.reset();
}

}  // namespace

DirectionalNeuron directional_neuron(const Dataset& data, const Network& network, const KinkValue& sums,
                                     Size i, const Tolerances& tolerances, const SignOptions& options) {
    DirectionalNeuron neuron;
    neuron.output = network.output(i);
    neuron.psi = sums.psi[i];
    neuron.psi_magnitude = sums.psi_magnitude[i];
    neuron.psi_tolerance = zero_slope(sums.loss, sums.psi_magnitude[i], sums.psi_rounding[i], tolerances);
    neuron.psi_zero = std::abs(neuron.psi) <= neuron.psi_tolerance;
    neuron.kinks = static_cast<Size>(sums.kinks[i].samples.size());
    const KinkForm form = directional_form(data, sums, i, 0, tolerances);
    neuron.merged_kinks = form.kinks();
    neuron.identically_zero = form.identically_zero();
    if (neuron.output == 0.0) {
        neuron.sign.answer = Answer::yes;
        neuron.sign.method = SignMethod::zero_output;
        neuron.sign.margin = 1.0;
        neuron.escape = !neuron.identically_zero;
        if (!neuron.escape) return neuron;
        neuron.direction = nonzero_direction(form);
        if (!neuron.direction.empty()) neuron.derivative = form.value(neuron.direction);
        return neuron;
    }
    neuron.sign = nonnegative(form.scaled(neuron.output), options);
    if (neuron.sign.answer == Answer::no) {
        neuron.direction = neuron.sign.direction;
        neuron.derivative = neuron.sign.value;
    }
    return neuron;
}

DirectionalReport classify_directional(const Dataset& data, const Network& network,
                                       const Tolerances& tolerances, const DirectionalOptions& options,
                                       const Execution& execution) {
    DirectionalReport report(network);
    KinkOptions kinks = options.kinks;
    kinks.residuals = true;
    execution.enter("sums");
    report.sums = kink_sums(data, network, kinks, execution);
    report.kink_tolerance = report.sums.tolerance;
    report.tolerances = tolerances;
    execution.enter("directional derivatives");
    for (Size i = 0; i < network.width; ++i) {
        report.neurons.push_back(directional_neuron(data, network, report.sums, i, tolerances, options.sign));
        execution.report_or_throw("directional derivatives",
                                  static_cast<double>(i + 1) / static_cast<double>(network.width));
    }
    execution.enter("witness");
    judge(data, tolerances, report);
    return report;
}

}  // namespace tepui
