#include "classification/directional/kinked_move.hpp"

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

void try_step(const KinkedMove& move, double epsilon, Best& best) {
    const LossChange found = move.change(epsilon);
    if (!std::isfinite(found.value) || !std::isfinite(found.error)) return;
    if (best.epsilon == 0.0 || falls_further(found, best.change)) best = {epsilon, found};
}

// Steps in units of the one that changes a preactivation by about 1.
Best best_step(const KinkedMove& move) {
    constexpr int kLargest = 6, kSmallest = -14, kTiniest = -40;
    const double motion = move.motion();
    const double unit = motion > 0.0 && std::isfinite(1.0 / motion) ? 1.0 / motion : 1.0;
    Best best;
    for (int e = kLargest; e >= kSmallest; --e) try_step(move, std::ldexp(unit, e), best);
    if (!(best.change.value < -best.change.error)) {
        for (int e = kSmallest - 1; e >= kTiniest; --e) try_step(move, std::ldexp(unit, e), best);
    }
    if (best.epsilon == 0.0) best.epsilon = std::ldexp(unit, kTiniest);
    const double centre = best.epsilon;
    for (const double factor : {0.59, 0.71, 0.84, 1.19, 1.41, 1.68}) try_step(move, centre * factor, best);
    return best;
}

}  // namespace

KinkedMove::KinkedMove(const KinkedPoint& point, std::vector<double> direction)
    : point_(point), direction_(std::move(direction)) {
    const Network& network = point.network;
    const Size d = network.inputs, outputs = point.outputs(), width = network.width;
    const auto moves = [&](Size p) { return direction_[static_cast<std::size_t>(p)] != 0.0; };
    for (Size i = 0; i < width; ++i) {
        bool any = false;
        for (Size j = 0; j < d; ++j) any = any || moves(network.weight(i, j));
        for (Size o = 0; o < outputs; ++o) any = any || moves(network.coefficient(i, o));
        if (any) moving_.push_back(i);
    }
    for (Size q = width; q < network.features(); ++q)
        for (Size o = 0; o < outputs; ++o) beside_ = beside_ || moves(network.coefficient(q, o));
    constexpr Size kBlock = 256;
    std::vector<double> block(static_cast<std::size_t>(kBlock * d));
    std::vector<std::size_t> kink(moving_.size(), 0);
    for (Size k = 0; k < point.data.samples(); ++k) {
        if (k % kBlock == 0) point.data.rows(k, std::min(kBlock, point.data.samples() - k), block.data());
        const double* x = block.data() + (k % kBlock) * d;
        add_neurons(x, k, kink);
        if (beside_) add_beside(x);
    }
    motion_ = std::sqrt(motion_ / (point.data.weight_sum() * point.data.scale()));
    add_decay();
}

void KinkedMove::add_decay() {
    CompensatedSum slope;
    for (std::size_t p = 0; p < point_.lambdas.size(); ++p) {
        const double term = point_.lambdas[p] * point_.network.parameters[p] * direction_[p];
        slope.add(term);
        decay_terms_ += std::abs(term);
        decay_bend_ += 0.5 * point_.lambdas[p] * direction_[p] * direction_[p];
    }
    decay_slope_ = slope.value();
}

void KinkedMove::add_neurons(const double* x, Size sample, std::vector<std::size_t>& kink) {
    const Size d = point_.network.inputs;
    const double rounding = kEps * static_cast<double>(d + 2);
    for (std::size_t l = 0; l < moving_.size(); ++l) {
        const std::vector<Size>& kinks = point_.sums.kinks[moving_[l]].samples;
        const double* w = point_.network.weights(moving_[l]);
        const double* v = direction_.data() + moving_[l] * d;
        const bool inside = kink[l] < kinks.size() && kinks[kink[l]] == sample;
        if (inside) ++kink[l];
        Preactivation at{0.0, 0.0, 0.0, 0.0};
        for (Size j = 0; j < d; ++j) {
            at.z += w[j] * x[j];
            at.z_error += std::abs(w[j] * x[j]);
            at.t += v[j] * x[j];
            at.t_error += std::abs(v[j] * x[j]);
        }
        at.z_error *= rounding;
        at.t_error *= rounding;
        if (inside) {  // taken to be at its kink, which it is within this error
            at.z_error += std::abs(at.z);
            at.z = 0.0;
        }
        motion_ += point_.data.weight(sample) * at.t * at.t;
        preactivations_.push_back(at);
    }
}

void KinkedMove::add_beside(const double* x) {
    const Network& network = point_.network;
    const Size bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    for (Size o = 0; o < point_.outputs(); ++o) {
        Change sum;
        if (network.output_bias) sum.value = direction_[network.coefficient(bias, o)];
        double terms = std::abs(sum.value);
        for (Size j = 0; j < network.inputs && network.skip; ++j) {
            const double term = direction_[network.coefficient(first + j, o)] * x[j];
            sum.value += term;
            terms += std::abs(term);
        }
        sum.error = kEps * static_cast<double>(network.inputs + 3) * terms;
        linear_.push_back(sum);
    }
}

KinkedMove::Change KinkedMove::rise(const Preactivation& at, double epsilon) const {
    const Slopes& slopes = point_.sums.slopes;
    const double moved = at.z + epsilon * at.t;
    const double before = at.z >= 0.0 ? slopes.above : slopes.below;
    const double after = moved >= 0.0 ? slopes.above : slopes.below;
    const bool same = (at.z > 0.0 && moved > 0.0) || (at.z < 0.0 && moved < 0.0);
    const double steepest = std::max(std::abs(before), std::abs(after));
    Change change;
    change.value = same ? before * (epsilon * at.t) : after * moved - before * at.z;
    change.error =
        steepest * (epsilon * at.t_error + (same ? 0.0 : 2.0 * at.z_error)) +
        4.0 * kEps * (same ? std::abs(change.value) : std::abs(after * moved) + std::abs(before * at.z));
    return change;
}

void KinkedMove::add_neuron(Size neuron, const Preactivation& at, double epsilon,
                            std::vector<Change>& change) const {
    const double slope = at.z >= 0.0 ? point_.sums.slopes.above : point_.sums.slopes.below;
    const double value = slope * at.z;
    const Change up = rise(at, epsilon);
    for (Size o = 0; o < point_.outputs(); ++o) {
        const double a0 = point_.network.output(neuron, o);
        const double step = epsilon * direction_[point_.network.coefficient(neuron, o)], a = a0 + step;
        Change& sum = change[static_cast<std::size_t>(o)];
        const double term = a * up.value + step * value;
        sum.value += term;
        sum.error += (std::abs(a) + 2.0 * kEps * (std::abs(a0) + std::abs(step))) * up.error +
                     std::abs(step) * std::abs(slope) * at.z_error +
                     4.0 * kEps * (std::abs(a * up.value) + std::abs(step * value)) +
                     kEps * (std::abs(a0 * up.value) + (sum.value != term ? std::abs(sum.value) : 0.0));
    }
}

LossChange KinkedMove::change(double epsilon) const {
    const Size outputs = point_.outputs();
    const auto count = static_cast<std::size_t>(outputs);
    std::vector<Change> moved(count);
    std::vector<double> f(count), f_error(count), target(count), delta(count), delta_error(count);
    CompensatedSum sum;
    double error = 0.0;
    for (Size k = 0; k < point_.data.samples(); ++k) {
        const double s = point_.data.weight(k);
        if (s == 0.0) continue;
        std::fill(moved.begin(), moved.end(), Change{});
        for (std::size_t o = 0; o < count && beside_; ++o) {
            const Change& one = linear_[static_cast<std::size_t>(k) * count + o];
            moved[o] = {epsilon * one.value, epsilon * one.error + kEps * std::abs(epsilon * one.value)};
        }
        for (std::size_t l = 0; l < moving_.size(); ++l)
            add_neuron(moving_[l], preactivations_[static_cast<std::size_t>(k) * moving_.size() + l], epsilon,
                       moved);
        for (std::size_t o = 0; o < count; ++o) {
            delta[o] = moved[o].value;
            delta_error[o] = moved[o].error;
            if (!std::isfinite(delta[o])) return {delta[o], delta[o]};
        }
        sample_outputs(point_, k, f.data(), f_error.data(), target.data());
        const Loss::Difference change = point_.data.loss().difference(
            {outputs, f.data(), f_error.data(), target.data(), delta.data(), delta_error.data()});
        sum.add(s * change.value);
        error += s * change.error;
    }
    const double bend = epsilon * epsilon * decay_bend_;
    sum.add(epsilon * decay_slope_);
    sum.add(bend);
    error += kEps *
             (4.0 * std::abs(epsilon) * decay_terms_ + static_cast<double>(point_.lambdas.size() + 4) * bend);
    return {sum.value(), error * (1.0 + 1e-8) + 2.0 * kEps * std::abs(sum.value())};
}

Witness line_witness(const KinkedPoint& point, std::vector<double> direction, int order, double coefficient) {
    const Best best = best_step(KinkedMove(point, direction));
    Witness witness(point.network);
    witness.order = order;
    witness.coefficient = coefficient;
    witness.epsilon = best.epsilon;
    witness.predicted = coefficient * std::pow(best.epsilon, order);
    witness.measured = best.change.value;
    witness.measured_error = best.change.error;
    witness.curve = [base = point.network.parameters, direction = std::move(direction)](double epsilon) {
        std::vector<double> moved(base);
        for (std::size_t p = 0; p < moved.size(); ++p) moved[p] += epsilon * direction[p];
        return moved;
    };
    witness.point = witness.curve(best.epsilon);
    return witness;
}

}  // namespace tepui
