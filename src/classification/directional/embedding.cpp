#include "classification/directional/embedding.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/neuron_move.hpp"
#include "core/text.hpp"

namespace tepui {
namespace {

void require_stationary(const DirectionalReport& narrow) {
    if (narrow.verdict != Verdict::not_stationary) return;
    throw Error(Status::not_stationary, "the point is not stationary: a wider network has nothing to keep");
}

void check_shares(const DirectionalReport& narrow, Size neuron, std::span<const double> kappa,
                  std::span<const double> outputs) {
    if (neuron < 0 || neuron >= narrow.network.width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) + ", expected in [0, " +
                                              std::to_string(narrow.network.width) + ")");
    }
    if (kappa.empty() || kappa.size() != outputs.size()) {
        throw Error(Status::invalid_size, std::to_string(kappa.size()) + " scales and " +
                                              std::to_string(outputs.size()) +
                                              " output weights, expected as many, at least one");
    }
    double sum = 0.0, size = 0.0;
    for (std::size_t j = 0; j < kappa.size(); ++j) {
        if (!std::isfinite(kappa[j]) || !std::isfinite(outputs[j])) {
            throw Error(Status::not_finite, "daughter " + std::to_string(j) + " is not finite");
        }
        if (!(kappa[j] > 0.0)) {
            throw Error(Status::invalid_value, "kappa[" + std::to_string(j) + "] is " +
                                                   number_text(kappa[j]) + ", a number > 0 is expected");
        }
        sum += kappa[j] * outputs[j];
        size += std::abs(kappa[j] * outputs[j]);
    }
    const double wanted = narrow.network.output(neuron);
    if (std::abs(sum - wanted) <= 1e-12 * std::max(size, std::abs(wanted))) return;
    throw Error(Status::invalid_value, "the daughters' output weights times their scales sum to " +
                                           number_text(sum) + ", expected the parent's output weight " +
                                           number_text(wanted));
}

Network replicated(const Network& narrow, Size neuron, std::span<const double> kappa,
                   std::span<const double> outputs) {
    const Size r = static_cast<Size>(kappa.size());
    Network wide(narrow.activation, narrow.width + r - 1, narrow.inputs);
    for (Size i = 0; i < wide.width; ++i) {
        const Size parent = i < neuron ? i : (i < neuron + r ? neuron : i - r + 1);
        const double scale = parent == neuron ? kappa[i - neuron] : 1.0;
        for (Size j = 0; j < narrow.inputs; ++j) wide.weights(i)[j] = scale * narrow.weights(parent)[j];
        wide.output(i) = parent == neuron ? outputs[i - neuron] : narrow.output(parent);
    }
    return wide;
}

// What witnesses read of the sums of the wide network: those of the narrow one, each neuron with the kinks of
// its parent.
KinkValue lifted_sums(const KinkValue& narrow, Size neuron, Size daughters) {
    KinkValue wide;
    wide.slopes = narrow.slopes;
    wide.residuals = narrow.residuals;
    wide.residual_rounding = narrow.residual_rounding;
    for (std::size_t i = 0; i < narrow.kinks.size(); ++i) {
        const Size copies = static_cast<Size>(i) == neuron ? daughters : 1;
        for (Size l = 0; l < copies; ++l) wide.kinks.push_back(narrow.kinks[i]);
    }
    return wide;
}

// Neuron i of the wide network falls along v: in second order when its output weight is zero.
void add_witness(const Dataset& data, const KinkValue& sums, Size i, std::span<const double> v,
                 double derivative, EmbeddingReport& report) {
    report.deciding_neuron = i;
    if (v.empty()) return;
    const double a = report.network.output(i);
    const KinkedPoint point{data, report.network, sums};
    const double still = 0.0;
    report.witness = a == 0.0 ? escape_neuron_witness(point, i, v, derivative)
                              : neuron_witness(point, i, v, {&still, 1}, 1, a * derivative);
}

// The narrow point's verdict; of a saddle with its own escape neuron, whose number in the wide network is
// place(number).
template <class Place>
void keep_verdict(const Dataset& data, const DirectionalReport& narrow, const KinkValue& sums,
                  EmbeddingRule rule, Place&& place, EmbeddingReport& report) {
    report.verdict = narrow.verdict;
    report.rule = narrow.global ? EmbeddingRule::zero_loss : rule;
    if (narrow.verdict == Verdict::undetermined) report.rule = EmbeddingRule::narrow_undetermined;
    if (narrow.verdict != Verdict::saddle) return;
    const DirectionalNeuron& escape = narrow.neurons[narrow.deciding_neuron];
    add_witness(data, sums, place(narrow.deciding_neuron), escape.direction, escape.derivative, report);
}

}  // namespace

EmbeddingReport classify_replication(const Dataset& data, const DirectionalReport& narrow, Size neuron,
                                     std::span<const double> kappa, std::span<const double> outputs) {
    require_stationary(narrow);
    check_shares(narrow, neuron, kappa, outputs);
    const Size r = static_cast<Size>(kappa.size());
    EmbeddingReport report(replicated(narrow.network, neuron, kappa, outputs));
    const KinkValue sums = lifted_sums(narrow.sums, neuron, r);
    const auto place = [&](Size i) { return i <= neuron ? i : i + r - 1; };
    const DirectionalNeuron& parent = narrow.neurons[neuron];
    const bool zero = std::any_of(outputs.begin(), outputs.end(), [](double a) { return a == 0.0; });
    const bool up = std::any_of(outputs.begin(), outputs.end(), [](double a) { return a > 0.0; });
    const bool down = std::any_of(outputs.begin(), outputs.end(), [](double a) { return a < 0.0; });
    if (narrow.global || parent.identically_zero || (!zero && !(up && down))) {
        keep_verdict(
            data, narrow, sums,
            parent.identically_zero ? EmbeddingRule::identically_zero : EmbeddingRule::positive_shares, place,
            report);
        return report;
    }
    const KinkForm form = directional_form(data, narrow.sums, neuron, 0, narrow.tolerances);
    const std::vector<double> v = nonzero_direction(form);
    const double derivative = v.empty() ? 0.0 : form.value(v);
    if (up && down) {
        report.verdict = Verdict::not_stationary;
        report.rule = EmbeddingRule::opposed_shares;
        const auto falling =
            std::find_if(outputs.begin(), outputs.end(), [&](double a) { return a * derivative < 0.0; });
        if (falling != outputs.end()) {
            add_witness(data, sums, neuron + (falling - outputs.begin()), v, derivative, report);
        }
        return report;
    }
    if (narrow.verdict == Verdict::undetermined) return report;
    report.verdict = Verdict::saddle;
    report.rule = EmbeddingRule::zero_share;
    const auto silent = std::find(outputs.begin(), outputs.end(), 0.0);
    add_witness(data, sums, neuron + (silent - outputs.begin()), v, derivative, report);
    return report;
}

EmbeddingReport classify_added_neuron(const Dataset& data, const DirectionalReport& narrow,
                                      const Tolerances& tolerances, const DirectionalOptions& options,
                                      std::span<const double> weights, double output,
                                      const Execution& execution) {
    require_stationary(narrow);
    const Size m = narrow.network.width, d = narrow.network.inputs;
    if (static_cast<Size>(weights.size()) != d) {
        throw Error(Status::invalid_size,
                    std::to_string(weights.size()) + " weights are given, expected " + std::to_string(d));
    }
    Network wide(narrow.network.activation, m + 1, d);
    std::copy_n(narrow.network.parameters.data(), m * d, wide.parameters.data());
    std::copy(weights.begin(), weights.end(), wide.weights(m));
    for (Size i = 0; i < m; ++i) wide.output(i) = narrow.network.output(i);
    wide.output(m) = output;
    KinkOptions kinks = options.kinks;
    kinks.residuals = true;
    const KinkValue sums = kink_sums(data, wide, kinks, execution);
    if (output != 0.0 && feature_square({data, wide, sums}, m) > 0.0) {
        throw Error(Status::invalid_value,
                    "the added neuron has output weight " + number_text(output) +
                        " and is not zero on every sample, expected one that adds nothing");
    }
    EmbeddingReport report(std::move(wide));
    const auto same = [](Size i) { return i; };
    const DirectionalNeuron added =
        directional_neuron(data, report.network, sums, m, tolerances, options.sign);
    const auto keep = [&](EmbeddingRule rule) { keep_verdict(data, narrow, sums, rule, same, report); };
    if (narrow.global) {
        keep(EmbeddingRule::zero_loss);
    } else if (!added.psi_zero) {
        report.verdict = Verdict::not_stationary;
        report.rule = EmbeddingRule::added_psi;
        report.deciding_neuron = m;
        report.witness = output_weight_witness({data, report.network, sums}, m, added.psi);
    } else if (added.identically_zero) {
        keep(EmbeddingRule::identically_zero);
    } else if (added.sign.answer == Answer::no) {
        report.verdict = Verdict::not_stationary;
        report.rule = EmbeddingRule::added_descent;
        add_witness(data, sums, m, added.direction, added.derivative / output, report);
    } else if (added.sign.answer == Answer::undetermined) {
        report.rule = EmbeddingRule::undecided;
    } else if (!added.escape) {
        keep(EmbeddingRule::held_output);
    } else if (narrow.verdict != Verdict::undetermined) {
        report.verdict = Verdict::saddle;
        report.rule = EmbeddingRule::added_escape;
        add_witness(data, sums, m, added.direction, added.derivative, report);
    }
    return report;
}

DirectionalPlateau directional_plateau(const DirectionalReport& narrow, Size neuron) {
    DirectionalPlateau plateau;
    if (narrow.verdict == Verdict::not_stationary) {
        plateau.type = PlateauType::not_applicable;
        return plateau;
    }
    const DirectionalNeuron& parent = narrow.neurons[neuron];
    // A parent without output has daughters without: nothing distinguishes the shares.
    const bool flat = narrow.global || parent.identically_zero || parent.output == 0.0;
    plateau.stationary = flat ? GammaRegion::everywhere : GammaRegion::not_negative;
    if (narrow.verdict == Verdict::undetermined) {
        plateau.stationary = GammaRegion::none;
    } else if (narrow.verdict == Verdict::saddle) {
        plateau.type = PlateauType::all_saddles;
        plateau.saddles = plateau.stationary;
    } else if (flat) {
        plateau.type = PlateauType::all_local_minima;
        plateau.minima = GammaRegion::everywhere;
    } else {
        plateau.type = PlateauType::local_minima_and_saddles;
        plateau.minima = GammaRegion::gamma_plus;
        plateau.saddles = GammaRegion::gamma_boundary;
    }
    return plateau;
}

}  // namespace tepui
