#include "classification/directional/several_outputs.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/neuron_move.hpp"
#include "classification/directional/output_escape.hpp"

namespace tepui {
namespace {

void check(std::span<const Output> outputs) {
    if (outputs.empty()) throw Error(Status::invalid_size, "no outputs, at least one is expected");
    const Network& one = *outputs[0].network;
    for (std::size_t j = 1; j < outputs.size(); ++j) {
        const Network& other = *outputs[j].network;
        const auto hidden = one.parameters.begin() + one.width * one.inputs;
        if (other.width != one.width || other.inputs != one.inputs ||
            outputs[j].data->samples() != outputs[0].data->samples() ||
            !std::equal(one.parameters.begin(), hidden, other.parameters.begin())) {
            throw Error(Status::invalid_value,
                        "output " + std::to_string(j) + " has other samples or hidden weights than output 0");
        }
    }
}

// The inputs and sample weights of a data set with other targets, targets[k * stride].
Dataset with_targets(const Dataset& data, const double* targets, Size stride) {
    StreamedSource source;
    source.samples = data.samples();
    source.features = data.inputs();
    source.weighted = true;
    source.read = [&data, targets, stride](Size first, Size count, double* x, double* y, double* weights) {
        data.rows(first, count, x);
        for (Size k = 0; k < count; ++k) {
            if (y != nullptr) y[k] = targets[(first + k) * stride];
            if (weights != nullptr) weights[k] = data.given_weight(first + k);
        }
    };
    return Dataset(std::move(source), false, data.scaling());
}

// A way down that moves one neuron: w + epsilon v, a_j + epsilon b_j.
Witness outputs_witness(std::span<const Output> outputs, const std::vector<KinkValue>& sums, Size neuron,
                        const std::vector<double>& v, const std::vector<double>& b, int order,
                        double coefficient) {
    std::vector<NeuronMove> moves;
    Network base(*outputs[0].network);
    base.parameters.resize(base.width * base.inputs);
    for (std::size_t j = 0; j < outputs.size(); ++j) {
        const Network& network = *outputs[j].network;
        moves.emplace_back(*outputs[j].data, network, sums[j], neuron, v, b[j]);
        base.parameters.insert(base.parameters.end(), network.outputs(), network.outputs() + network.width);
    }
    const auto curve = [base, neuron, v, b](double epsilon) {
        Network moved(base);
        for (Size l = 0; l < moved.inputs; ++l) moved.weights(neuron)[l] += epsilon * v[l];
        double* a = moved.parameters.data() + moved.width * moved.inputs + neuron;
        for (std::size_t j = 0; j < b.size(); ++j) a[static_cast<Size>(j) * moved.width] += epsilon * b[j];
        return moved.parameters;
    };
    return measured_witness(moves, base, curve, order, coefficient);
}

class Judge {
  public:
    Judge(std::span<const Output> outputs, const std::vector<KinkValue>& sums, OutputsReport& report)
        : outputs_(outputs), sums_(sums), report_(report) {}

    void run() {
        const auto steep = [](const OutputsNeuron& n) { return !n.psi_zero; };
        const auto refused = [](const OutputsNeuron& n) { return n.sign.answer == Answer::no; };
        const auto open = [](const OutputsNeuron& n) { return n.sign.answer == Answer::undetermined; };
        const auto falls = [](const OutputsNeuron& n) {
            return n.escape == Answer::yes && n.curvature < 0.0;
        };
        const auto escapes = [](const OutputsNeuron& n) { return n.escape == Answer::yes; };
        const auto unknown = [](const OutputsNeuron& n) { return n.escape == Answer::undetermined; };
        if (settle(steep, Verdict::not_stationary, OutputsRule::output_derivative)) return;
        if (settle(refused, Verdict::not_stationary, OutputsRule::descent_direction)) return;
        if (settle(open, Verdict::undetermined, OutputsRule::undecided)) return;
        if (settle(falls, Verdict::saddle, OutputsRule::escape_falls)) return;
        if (settle(escapes, Verdict::undetermined, OutputsRule::escape_open)) return;
        if (settle(unknown, Verdict::undetermined, OutputsRule::undecided)) return;
        report_.verdict = Verdict::local_minimum;
        report_.rule = OutputsRule::no_escape_neuron;
    }

    void add_witness() {
        if (report_.deciding_neuron < 0) return;
        const Size i = report_.deciding_neuron;
        const OutputsNeuron& neuron = report_.neurons[i];
        const std::vector<double> still(outputs_[0].network->inputs, 0.0);
        std::vector<double> b(outputs_.size(), 0.0);
        if (report_.rule == OutputsRule::output_derivative) {
            // The exact minimum over the output weights is at epsilon = 1.
            const double squares =
                NeuronMove(*outputs_[0].data, *outputs_[0].network, sums_[0], i, still, 0.0).feature_square();
            double slope = 0.0;
            for (std::size_t j = 0; j < b.size(); ++j) {
                b[j] = squares > 0.0 ? -neuron.psi[j] / squares : -neuron.psi[j];
                slope += neuron.psi[j] * b[j];
            }
            report_.witness = outputs_witness(outputs_, sums_, i, still, b, 1, slope);
        } else if (report_.rule == OutputsRule::descent_direction) {
            report_.witness = outputs_witness(outputs_, sums_, i, neuron.direction, b, 1, neuron.sign.value);
        } else if (report_.rule == OutputsRule::escape_falls) {
            report_.witness =
                outputs_witness(outputs_, sums_, i, neuron.direction, neuron.outputs, 2, neuron.curvature);
        }
    }

  private:
    // The first neuron of the kind decides.
    template <class Property>
    bool settle(Property&& has, Verdict verdict, OutputsRule rule) {
        const auto found = std::find_if(report_.neurons.begin(), report_.neurons.end(), has);
        if (found == report_.neurons.end()) return false;
        report_.verdict = verdict;
        report_.rule = rule;
        report_.deciding_neuron = found - report_.neurons.begin();
        return true;
    }

    std::span<const Output> outputs_;
    const std::vector<KinkValue>& sums_;
    OutputsReport& report_;
};

OutputsNeuron outputs_neuron(std::span<const Output> outputs, const std::vector<KinkValue>& sums, Size i,
                             const Tolerances& tolerances, const SignOptions& options) {
    OutputsNeuron neuron;
    std::vector<KinkForm> forms;
    std::vector<double> a;
    for (std::size_t j = 0; j < outputs.size(); ++j) {
        neuron.psi.push_back(sums[j].psi[i]);
        neuron.psi_tolerance.push_back(std::max(tolerances.stationarity * sums[j].psi_magnitude[i],
                                                tolerances.rounding_factor * sums[j].psi_rounding[i]));
        neuron.psi_zero = neuron.psi_zero && std::abs(neuron.psi[j]) <= neuron.psi_tolerance[j];
        a.push_back(outputs[j].network->output(i));
        forms.push_back(directional_form(*outputs[j].data, sums[j], i, 0, tolerances));
    }
    const KinkForm sum = combined(forms, a);
    if (sum.identically_zero()) {
        neuron.sign.answer = Answer::yes;
        neuron.sign.method = SignMethod::zero_output;
        neuron.sign.margin = 1.0;
    } else {
        neuron.sign = nonnegative(sum, options);
    }
    if (neuron.sign.answer == Answer::no) {
        neuron.direction = neuron.sign.direction;
        for (const KinkForm& form : forms) neuron.derivatives.push_back(form.value(neuron.direction));
    } else {
        find_escape(*outputs[0].data, *outputs[0].network, sums[0], i, forms, sum, a, options.budget, neuron);
    }
    return neuron;
}

}  // namespace

OutputsReport classify_several_outputs(std::span<const Output> outputs, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution) {
    check(outputs);
    std::vector<KinkValue> sums;
    double rounding = 0.0;
    OutputsReport report;
    KinkOptions kinks = options.kinks;
    kinks.residuals = true;
    execution.enter("sums");
    for (const Output& output : outputs) {
        sums.push_back(kink_sums(*output.data, *output.network, kinks, execution));
        report.loss += sums.back().loss.loss;
        rounding += sums.back().loss.rounding_loss;
    }
    if (report.loss <= tolerances.zero_loss_factor * rounding) {
        report.verdict = Verdict::local_minimum;
        report.rule = OutputsRule::zero_loss;
        return report;
    }
    execution.enter("directional derivatives");
    const Size width = outputs[0].network->width;
    for (Size i = 0; i < width; ++i) {
        report.neurons.push_back(outputs_neuron(outputs, sums, i, tolerances, options.sign));
        execution.report_or_throw("directional derivatives",
                                  static_cast<double>(i + 1) / static_cast<double>(width));
    }
    execution.enter("witness");
    Judge judge(outputs, sums, report);
    judge.run();
    judge.add_witness();
    return report;
}

OutputsReport classify_several_outputs(const Dataset& data, const Network& network, Size p,
                                       const double* targets, const double* a, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution) {
    std::vector<Dataset> sets;
    std::vector<Network> networks(p, network);
    for (Size j = 0; j < p; ++j) {
        sets.push_back(with_targets(data, targets + j, p));
        for (Size i = 0; i < network.width; ++i) networks[j].output(i) = a[j * network.width + i];
    }
    std::vector<Output> outputs;
    for (std::size_t j = 0; j < sets.size(); ++j) outputs.push_back({&sets[j], &networks[j]});
    return classify_several_outputs(outputs, tolerances, options, execution);
}

}  // namespace tepui
