#include "classification/directional/neuron_move.hpp"

#include <algorithm>
#include <cmath>

#include "core/compensated.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

struct Best {
    double epsilon = 0.0;
    LossChange change;
};

LossChange change_of(std::span<const NeuronMove> moves, double epsilon) {
    LossChange sum = moves[0].change(epsilon);
    for (const NeuronMove& move : moves.subspan(1)) {
        const LossChange more = move.change(epsilon);
        sum.value += more.value;
        sum.error += more.error + kEps * std::abs(sum.value);
    }
    return sum;
}

void try_step(std::span<const NeuronMove> moves, double epsilon, Best& best) {
    const LossChange found = change_of(moves, epsilon);
    if (!std::isfinite(found.value) || !std::isfinite(found.error)) return;
    if (best.epsilon == 0.0 || falls_further(found, best.change)) best = {epsilon, found};
}

// Steps in units of the one that changes a preactivation by about 1.
Best best_step(std::span<const NeuronMove> moves) {
    constexpr int kLargest = 6, kSmallest = -14, kTiniest = -40;
    const double motion = moves[0].motion();
    const double unit = motion > 0.0 && std::isfinite(1.0 / motion) ? 1.0 / motion : 1.0;
    Best best;
    for (int e = kLargest; e >= kSmallest; --e) try_step(moves, std::ldexp(unit, e), best);
    if (!(best.change.value < -best.change.error)) {
        for (int e = kSmallest - 1; e >= kTiniest; --e) try_step(moves, std::ldexp(unit, e), best);
    }
    if (best.epsilon == 0.0) best.epsilon = std::ldexp(unit, kTiniest);
    const double centre = best.epsilon;
    for (const double factor : {0.59, 0.71, 0.84, 1.19, 1.41, 1.68}) try_step(moves, centre * factor, best);
    return best;
}

}  // namespace

NeuronMove::NeuronMove(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                       std::span<const double> v, double b)
    : slopes_(sums.slopes), output_(network.output(neuron)), b_(b) {
    const Size d = data.inputs();
    const std::vector<Size>& kinks = sums.kinks[neuron].samples;
    const double* w = network.weights(neuron);
    const double rounding = kEps * static_cast<double>(d + 2);
    constexpr Size kBlock = 256;
    std::vector<double> block(kBlock * d);
    auto kink = kinks.begin();
    double squares = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kBlock == 0) data.rows(k, std::min(kBlock, data.samples() - k), block.data());
        const bool inside = kink != kinks.end() && *kink == k;
        if (inside) ++kink;
        const double s = data.weight(k);
        if (s == 0.0) continue;
        const double* x = block.data() + (k % kBlock) * d;
        Sample sample{s, sums.residuals[k], sums.residual_rounding[k], 0.0, 0.0, 0.0, 0.0};
        for (Size j = 0; j < d; ++j) {
            sample.z += w[j] * x[j];
            sample.z_error += std::abs(w[j] * x[j]);
            sample.t += v[j] * x[j];
            sample.t_error += std::abs(v[j] * x[j]);
        }
        sample.z_error *= rounding;
        sample.t_error *= rounding;
        if (inside) {  // taken to be at its kink, which it is within this error
            sample.z_error += std::abs(sample.z);
            sample.z = 0.0;
        }
        const double value = sample.z * (sample.z >= 0.0 ? slopes_.above : slopes_.below);
        feature_square_ += s * value * value;
        squares += s * sample.t * sample.t;
        samples_.push_back(sample);
    }
    motion_ = std::sqrt(squares / (data.weight_sum() * data.scale()));
}

LossChange NeuronMove::change(double epsilon) const {
    CompensatedSum sum;
    double error = 0.0;
    const double a = output_ + epsilon * b_, step = epsilon * b_;
    for (const Sample& sample : samples_) {
        const double moved = sample.z + epsilon * sample.t;
        const double before = sample.z >= 0.0 ? slopes_.above : slopes_.below;
        const double after = moved >= 0.0 ? slopes_.above : slopes_.below;
        const double value = before * sample.z;
        const bool same = (sample.z > 0.0 && moved > 0.0) || (sample.z < 0.0 && moved < 0.0);
        const double rise = same ? before * (epsilon * sample.t) : after * moved - value;
        const double steepest = std::max(std::abs(before), std::abs(after));
        const double rise_error =
            steepest * (epsilon * sample.t_error + (same ? 0.0 : 2.0 * sample.z_error)) +
            4.0 * kEps * (same ? std::abs(rise) : std::abs(after * moved) + std::abs(value));
        const double delta = a * rise + step * value;
        const double delta_error =
            (std::abs(a) + 2.0 * kEps * (std::abs(output_) + std::abs(step))) * rise_error +
            std::abs(step) * std::abs(before) * sample.z_error +
            4.0 * kEps * (std::abs(a * rise) + std::abs(step * value)) + kEps * std::abs(output_ * rise);
        sum.add(sample.weight * delta * (sample.residual + 0.5 * delta));
        error += sample.weight *
                 (delta_error * (std::abs(sample.residual) + std::abs(delta) + 0.5 * delta_error) +
                  sample.residual_error * (std::abs(delta) + delta_error) +
                  4.0 * kEps * std::abs(delta) * (std::abs(sample.residual) + 0.5 * std::abs(delta)));
    }
    return {sum.value(), error * (1.0 + 1e-8) + 2.0 * kEps * std::abs(sum.value())};
}

Witness measured_witness(std::span<const NeuronMove> moves, Network base,
                         std::function<std::vector<double>(double)> curve, int order, double coefficient) {
    const Best best = best_step(moves);
    Witness witness(std::move(base));
    witness.order = order;
    witness.coefficient = coefficient;
    witness.epsilon = best.epsilon;
    witness.predicted = coefficient * std::pow(best.epsilon, order);
    witness.measured = best.change.value;
    witness.measured_error = best.change.error;
    witness.curve = std::move(curve);
    witness.point = witness.curve(best.epsilon);
    return witness;
}

Witness neuron_witness(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                       std::span<const double> v, double b, int order, double coefficient) {
    const NeuronMove move(data, network, sums, neuron, v, b);
    const auto curve = [network, neuron, b,
                        direction = std::vector<double>(v.begin(), v.end())](double epsilon) {
        Network moved(network);
        for (Size j = 0; j < moved.inputs; ++j) moved.weights(neuron)[j] += epsilon * direction[j];
        moved.output(neuron) += epsilon * b;
        return moved.parameters;
    };
    return measured_witness({&move, 1}, network, curve, order, coefficient);
}

Witness escape_neuron_witness(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                              std::span<const double> v, double derivative) {
    const NeuronMove probe(data, network, sums, neuron, v, 0.0);
    const double squares = probe.feature_square(), size = std::abs(derivative);
    double coefficient = 0.0, kappa = 0.0;
    if (squares > 0.0) {
        kappa = size / squares;
        coefficient = -0.5 * size * kappa;
    } else {  // sigma(w . x) = 0 everywhere: |Delta f|^2 is of fourth order
        kappa = std::sqrt(size / (data.weight_sum() * data.scale())) / std::max(probe.motion(), 1e-150);
        coefficient = -size * kappa;
    }
    return neuron_witness(data, network, sums, neuron, v, -std::copysign(kappa, derivative), 2, coefficient);
}

}  // namespace tepui
