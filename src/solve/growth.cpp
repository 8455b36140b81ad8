#include "solve/growth.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

constexpr double kLeastGrowth = 1e-3;
// Growth since the start that no scale of the data explains.
constexpr double kFarAway = 1e3;
// Steps before a trend over all of them means anything.
constexpr std::size_t kLongHistory = 16;

// Steady growth: every step up, a growth beyond what rounding does, and the later steps no smaller than
// contraction to a root of order 7 would leave them. A tail may be a small part of a long weight vector, so
// the least growth is small.
bool steady(const std::vector<double>& size) {
    const std::size_t steps = size.size() - 1;
    for (std::size_t k = 0; k < steps; ++k) {
        if (!(size[k + 1] > size[k])) return false;
    }
    const std::size_t half = steps / 2;
    const double early = size[half] - size.front();
    const double late = size.back() - size[steps - half];
    const double contraction = std::pow(6.0 / 7.0, static_cast<double>(steps - half));
    return size.back() > (1.0 + kLeastGrowth) * size.front() && late > contraction * early;
}

// Euclidean length of what the output layer multiplies a feature by.
double output_length(const Layout& layout, const std::vector<double>& parameters, Size feature) {
    if (layout.output_count == 1) return std::abs(parameters[layout.coefficient(feature, 0)]);
    double square = 0.0;
    for (Size o = 0; o < layout.output_count; ++o) {
        const double c = parameters[layout.coefficient(feature, o)];
        square += c * c;
    }
    return std::sqrt(square);
}

// Root mean square of C x over the samples, summed over the outputs.
double skip_length(const InputMetric& metric, const Layout& layout, const std::vector<double>& parameters) {
    double square = 0.0;
    for (Size o = 0; o < layout.output_count; ++o) {
        const Size first = layout.coefficient(layout.features() - layout.inputs, o);
        const double size = metric.preactivation_rms(parameters.data() + first);
        square += size * size;
    }
    return std::sqrt(square);
}

std::string name_neurons(const std::vector<Size>& neurons) {
    std::string text = neurons.size() == 1 ? "neuron " : "neurons ";
    for (std::size_t i = 0; i < neurons.size(); ++i) text += (i ? ", " : "") + std::to_string(neurons[i]);
    return text;
}

}  // namespace

GrowthRecord::GrowthRecord(const InputMetric& metric, const Network& start)
    : metric_(&metric), history_{sizes(start)}, previous_(start.parameters), last_change_(HUGE_VAL) {}

GrowthRecord::Sizes GrowthRecord::sizes(const Network& point) const {
    Sizes result;
    const double scale = std::max(metric_->output.size, 1e-300);
    for (Size i = 0; i < point.width; ++i) {
        result.weight.push_back(metric_->preactivation_rms(point.weights(i)));
        result.output.push_back(output_length(point, point.parameters, i) / scale);
    }
    if (point.output_bias)
        result.linear.push_back(output_length(point, point.parameters, point.width) / scale);
    if (point.skip) result.linear.push_back(skip_length(*metric_, point, point.parameters) / scale);
    return result;
}

void GrowthRecord::accept(const Network& point) {
    const Sizes& before = history_.back();
    std::vector<double> moved(point.parameters);
    for (std::size_t p = 0; p < moved.size(); ++p) moved[p] -= previous_[p];
    last_change_ = 0.0;
    const double scale = std::max(metric_->output.size, 1e-300);
    for (Size i = 0; i < point.width; ++i) {
        const double weight = metric_->preactivation_rms(moved.data() + point.weight(i, 0));
        last_change_ = std::max(last_change_, weight / (1e-3 + before.weight[i]));
        const double output = output_length(point, moved, i);
        last_change_ = std::max(last_change_, output / scale / (1e-3 + before.output[i]));
    }
    std::size_t kind = 0;
    const auto also = [&](double size) {
        last_change_ = std::max(last_change_, size / scale / (1e-3 + before.linear[kind++]));
    };
    if (point.output_bias) also(output_length(point, moved, point.width));
    if (point.skip) also(skip_length(*metric_, point, moved));
    history_.push_back(sizes(point));
    previous_ = point.parameters;
}

// grows(series) judges the sizes of one neuron's weights or output over all points so far.
template <class Grows>
std::string GrowthRecord::clause(Grows&& grows) const {
    std::vector<Size> weights, outputs;
    std::vector<double> weight(history_.size()), output(history_.size());
    for (std::size_t i = 0; i < history_[0].weight.size(); ++i) {
        for (std::size_t k = 0; k < history_.size(); ++k) {
            weight[k] = history_[k].weight[i];
            output[k] = history_[k].output[i];
        }
        if (grows(weight)) weights.push_back(static_cast<Size>(i));
        if (grows(output)) outputs.push_back(static_cast<Size>(i));
    }
    bool linear = false;
    for (std::size_t kind = 0; kind < history_[0].linear.size() && !linear; ++kind) {
        for (std::size_t k = 0; k < history_.size(); ++k) output[k] = history_[k].linear[kind];
        linear = grows(output);
    }
    std::string text;
    if (!weights.empty()) text = "hidden weights of " + name_neurons(weights);
    if (!outputs.empty())
        text += (text.empty() ? "output weights of " : " and output weights of ") + name_neurons(outputs);
    if (linear)
        text += text.empty() ? "output biases or skip connections" : " and output biases or skip connections";
    return text.empty() ? text : text + " grow without bound";
}

std::string GrowthRecord::growing(Size window) const {
    if (static_cast<Size>(history_.size()) <= window) return {};
    return clause([window](const std::vector<double>& size) {
        return steady({size.end() - window - 1, size.end()});
    });
}

std::string GrowthRecord::drifting() const {
    if (history_.size() < kLongHistory) return {};
    return clause([](const std::vector<double>& size) {
        const double largest = *std::max_element(size.begin(), size.end());
        if (size.back() < 0.9 * largest) return false;
        const double late = size.back() / size[size.size() * 3 / 4];
        return (size.back() > 2.0 * size[size.size() / 2] && late > 1.2) ||
               (size.back() > kFarAway * size.front() && late > 1.01);
    });
}

std::string GrowthRecord::beyond(const Network& point, std::span<const double> diagonal,
                                 double factor) const {
    const OutputUnit& unit = metric_->output;
    const double targets = std::max(unit.size, 1e-300) * std::sqrt(metric_->weight_sum);
    for (Size i = 0; i < point.width; ++i) {
        const double size = history_.back().weight[i];
        if (size > factor) {
            return "hidden weights of neuron " + std::to_string(i) +
                   " exceed the divergence factor times their scale";
        }
        for (Size o = 0; o < point.output_count; ++o) {
            const double features = std::sqrt(diagonal[point.coefficient(i, o)] / unit.bend);  // sum s u^2
            if (!(std::abs(point.output(i, o)) * features > factor * targets)) continue;
            return "output weight of neuron " + std::to_string(i) +
                   " exceeds the divergence factor times its scale";
        }
    }
    return {};
}

}  // namespace tepui
