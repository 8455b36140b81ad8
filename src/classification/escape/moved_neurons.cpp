#include "classification/escape/moved_neurons.hpp"

#include <cmath>

#include "core/rounding.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

constexpr double kActivationError = 4.0 * kEps;  // kernels/activation.hpp

std::vector<double> absolute(const std::vector<double>& values) {
    std::vector<double> result(values);
    for (double& value : result) value = std::abs(value);
    return result;
}

Size most_rows(const std::vector<MovedNeurons>& families) {
    Size most = 1;
    for (const MovedNeurons& moved : families) most = std::max(most, moved.most_rows());
    return most;
}

Size most_points(const std::vector<MovedNeurons>& families) {
    Size most = 0;
    for (const MovedNeurons& moved : families) most = std::max(most, moved.points());
    return most;
}

Size most_neurons(const std::vector<MovedNeurons>& families) {
    Size most = 1;
    for (const MovedNeurons& moved : families) most = std::max(most, moved.in_group(0));
    return most;
}

}  // namespace

MovedNeurons::MovedNeurons(const Network& from, std::vector<MovingAsOne> neurons)
    : from_(&from),
      inputs_(from.inputs),
      neurons_(std::move(neurons)),
      groups_(static_cast<std::size_t>((count() + kNeurons - 1) / kNeurons)),
      beside_count_(parameters_beside(from)) {
    for (const MovingAsOne& neuron : neurons_) {
        const double* w = from.weights(neuron.front());
        weights_from_.insert(weights_from_.end(), w, w + inputs_);
        summands_ += static_cast<Size>(neuron.size());
    }
    absolute_from_ = absolute(weights_from_);
}

std::vector<MovingAsOne> MovedNeurons::between(const Network& from, const std::vector<double>& to) {
    constexpr std::size_t kCompared = 8;  // neurons that others are compared with
    const Size d = from.inputs;
    const auto output_to = [&](Size i) { return to[from.width * d + i]; };
    const auto change = [&](Size i) { return output_to(i) - from.output(i); };
    const auto moves_with = [&](Size i, Size other) {
        const double *w = from.weights(i), *v = from.weights(other);
        const double *w_to = to.data() + i * d, *v_to = to.data() + other * d;
        return from.output(i) * from.output(other) >= 0.0 && output_to(i) * output_to(other) >= 0.0 &&
               change(i) * change(other) >= 0.0 && std::equal(w, w + d, v) &&
               std::equal(w_to, w_to + d, v_to);
    };
    std::vector<MovingAsOne> neurons;
    for (Size i = 0; i < from.width; ++i) {
        const double* w = from.weights(i);
        const bool still = output_to(i) == from.output(i) && std::equal(w, w + d, to.data() + i * d);
        if (still) continue;
        const auto compared =
            neurons.begin() + static_cast<std::ptrdiff_t>(std::min(kCompared, neurons.size()));
        const auto same = std::find_if(neurons.begin(), compared, [&](const MovingAsOne& neuron) {
            return std::all_of(neuron.begin(), neuron.end(),
                               [&](Size other) { return moves_with(i, other); });
        });
        if (same == compared) {
            neurons.push_back({i});
        } else {
            same->push_back(i);
        }
    }
    return neurons;
}

void MovedNeurons::add(const std::vector<double>& to, Size tag) {
    tags_.push_back(tag);
    const double* outputs = to.data() + from_->width * inputs_;
    for (Size q = 0; q < count(); ++q) {
        const MovingAsOne& neuron = neurons_[q];
        std::vector<double>& weights = groups_[q / kNeurons].weights;
        const double* w = to.data() + neuron.front() * inputs_;
        weights.insert(weights.end(), w, w + inputs_);
        outputs_to_.push_back(0.0);
        output_changes_.push_back(0.0);
        for (const Size i : neuron) {
            outputs_to_.back() += outputs[i];
            output_changes_.back() += outputs[i] - from_->output(i);
        }
    }
    const std::size_t first = from_->parameters.size() - static_cast<std::size_t>(beside_count_);
    for (std::size_t p = first; p < to.size(); ++p) {
        beside_.push_back(to[p] - from_->parameters[p]);
        moves_beside_ = moves_beside_ || beside_.back() != 0.0;
    }
}

void MovedNeurons::finish() {
    for (Group& group : groups_) group.absolute = absolute(group.weights);
}

Size MovedNeurons::most_rows() const noexcept {
    return count() == 0 ? 0 : std::min(kRows, points() * in_group(0));
}

void MovedNeurons::steps(Size point, double* step) const {
    for (Size first = 0; first < count(); first += kNeurons) {
        const double* to_group = to(first, point).value;
        for (Size e = 0; e < in_group(first) * inputs_; ++e)
            step[first * inputs_ + e] = to_group[e] - weights_from_[first * inputs_ + e];
    }
}

Features::Features(const Activation& activation, Size most_rows, Size inputs, Size most_samples,
                   bool with_error)
    : activation_(activation),
      inputs_(inputs),
      with_error_(with_error),
      z_(checked_product(most_rows, most_samples)),
      value_(z_.size()),
      error_(with_error ? z_.size() : 0),
      slope_(error_.size()) {}

void Features::compute(const EvaluatedBlock& block, Size rows, const MovedNeurons::Weights& weights,
                       const double* absolute_xt) {
    stride_ = block.stride;
    const Size values = rows * stride_;
    kernels::preactivations(weights.value, inputs_, rows, {block.xt, stride_, stride_, inputs_}, z_.data(),
                            stride_);
    activation_.evaluate(values, z_.data(), {value_.data(), with_error_ ? slope_.data() : nullptr});
    if (!with_error_) return;
    // |z - exact| <= (d + 1) eps |w| . |x|, carried to sigma by its slope.
    kernels::preactivations(weights.absolute, inputs_, rows, {absolute_xt, stride_, stride_, inputs_},
                            error_.data(), stride_);
    const double factor = kEps * static_cast<double>(inputs_ + 1);
    for (Size e = 0; e < values; ++e)
        error_[e] = std::abs(slope_[e]) * factor * error_[e] + kActivationError * std::abs(value_[e]);
}

OutputChanges::OutputChanges(const std::vector<MovedNeurons>& families, Size stride, bool with_error)
    : with_error_(with_error),
      inputs_(families.front().network().inputs),
      stride_(stride),
      start_(families.front().network().activation, most_neurons(families), inputs_, stride_, with_error),
      end_(families.front().network().activation, most_rows(families), inputs_, stride_, with_error),
      absolute_xt_(with_error ? checked_product(inputs_, stride_) : 0),
      change_(checked_product(most_points(families), stride_)),
      error_(with_error ? change_.size() : 0) {}

void OutputChanges::open(const EvaluatedBlock& block) {
    if (!with_error_) return;
    for (Size e = 0; e < inputs_ * block.stride; ++e) absolute_xt_[e] = std::abs(block.xt[e]);
}

void OutputChanges::compute(const EvaluatedBlock& block, const MovedNeurons& moved) {
    std::fill_n(change_.data(), moved.points() * stride_, 0.0);
    if (with_error_) std::fill_n(error_.data(), moved.points() * stride_, 0.0);
    for (Size first = 0; first < moved.count(); first += MovedNeurons::kNeurons) {
        const Size neurons = moved.in_group(first), together = MovedNeurons::kRows / neurons;
        start_.compute(block, neurons, moved.from(first), absolute_xt_.data());
        for (Size t = 0; t < moved.points(); t += together) {
            const Size points = std::min(together, moved.points() - t);
            end_.compute(block, points * neurons, moved.to(first, t), absolute_xt_.data());
            for (Size p = 0; p < points; ++p) {
                for (Size q = 0; q < neurons; ++q)
                    add(block.count, moved, first + q, t + p, q, p * neurons + q);
            }
        }
    }
    if (!moved.moves_beside()) return;
    for (Size t = 0; t < moved.points(); ++t) add_beside(block, moved, t);
}

void OutputChanges::add_beside(const EvaluatedBlock& block, const MovedNeurons& moved, Size point) {
    const Network& network = moved.network();
    const double* step = moved.beside(point);
    double* change = change_.data() + point * stride_;
    double* error = with_error_ ? error_.data() + point * stride_ : nullptr;
    const double rounding = kEps * static_cast<double>(inputs_ + moved.summands() + 4);
    const auto term = [&](double c, const double* feature) {  // null: the constant
        if (c == 0.0) return;
        for (Size k = 0; k < block.count; ++k) {
            const double product = feature == nullptr ? c : c * feature[k];
            change[k] += product;
            if (error != nullptr) error[k] += rounding * std::abs(product);
        }
    };
    if (network.output_bias) term(*step++, nullptr);
    for (Size j = 0; network.skip && j < inputs_; ++j) term(step[j], block.xt + j * block.stride);
}

// One neuron at one point, from its rows at both ends.
void OutputChanges::add(Size count, const MovedNeurons& moved, Size neuron, Size point, Size start_row,
                        Size end_row) {
    const double a = moved.output_to(neuron, point), da = moved.output_change(neuron, point);
    const double* u = start_.value(start_row);
    const double* v = end_.value(end_row);
    double* change = change_.data() + point * stride_;
    for (Size k = 0; k < count; ++k) change[k] += a * (v[k] - u[k]) + da * u[k];
    if (!with_error_) return;
    const double sum_error = kEps * static_cast<double>(moved.summands() + 4);
    const double* eu = start_.error(start_row);
    const double* ev = end_.error(end_row);
    double* error = error_.data() + point * stride_;
    for (Size k = 0; k < count; ++k) {
        error[k] += std::abs(a) * (ev[k] + eu[k]) + std::abs(da) * eu[k] +
                    sum_error * (std::abs(a * (v[k] - u[k])) + std::abs(da * u[k]));
    }
}

// A moved neuron on one sample: both ends, each with its activation.
double products_of_moves(const std::vector<MovedNeurons>& families) {
    double products = 0.0;
    for (const MovedNeurons& moved : families) {
        const Network& from = moved.network();
        products += static_cast<double>(moved.count() * moved.points()) * 2.0 *
                    (static_cast<double>(from.inputs) + from.activation.products());
    }
    return products;
}

Blocking blocks_of_moves(const Dataset& data) {
    constexpr Size kBlock = 256;
    const Size block = std::min(kBlock, round_up(data.samples(), kSamplePadding));
    return {block, block, Slabs::finest(data.samples())};
}

}  // namespace tepui
