#include "solve/ends/growing_neurons.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "solve/ends/sample_pulls.hpp"

namespace tepui {
namespace {

// Samples that the loss pulls by less, beside their weights, may be told apart.
constexpr double kIdle[] = {1e-2, 1e-3, 1e-6};
// Outputs that neurons in their tails leave in the others, at most.
constexpr double kLeft[] = {0.3, 3.0};
// Of the absolute terms of a difference of outputs: less may be rounding.
constexpr double kClear = 1e-9;

// sigma(z) - sigma(side inf).
double beyond_tail(const Activation& activation, int side, double z) {
    if (side * z > 0.0) return tail(activation, side, z);
    double value;
    activation.evaluate(1, &z, {.value = &value});
    return value - tail_value(activation, side);
}

class Search {
  public:
    Search(const SolveSetting& setting, const SampleInputs& inputs, const Network& network,
           const std::vector<Size>& labels)
        : data_(*setting.data),
          metric_(*setting.metric),
          inputs_(inputs),
          network_(network),
          labels_(labels),
          largest_(largest_pulls(data_, network, setting.execution)) {
        for (Size i = 0; i < network.width; ++i) z_.push_back(inputs.preactivations(network.weights(i)));
    }

    // Of the samples that hardly pull those that neurons tell apart which leave little in all others.
    std::optional<GrowingNeurons> find(double idle, double left) const {
        GrowingNeurons found;
        for (Size k = 0; k < data_.samples(); ++k)
            found.apart.push_back(labels_[k] >= 0 && data_.weight(k) > 0.0 &&
                                  largest_[k] <= idle * data_.weight(k));
        for (bool changed = true; changed;) {
            changed = false;
            found.neurons.clear();
            std::vector<std::vector<double>> grown;
            for (Size i = 0; i < network_.width; ++i)
                for (const int side : {-1, 1}) add_if_growing(i, side, left, found, grown);
            for (Size k = 0; k < data_.samples(); ++k) {
                if (!found.apart[k] || is_ahead(found, grown, k)) continue;
                found.apart[k] = false;
                changed = true;
            }
        }
        const auto counts = [&](bool apart) {
            for (Size k = 0; k < data_.samples(); ++k)
                if (found.apart[k] == apart && data_.weight(k) > 0.0) return true;
            return false;
        };
        if (!counts(true) || !counts(false)) return std::nullopt;
        return found;
    }

  private:
    void add_if_growing(Size i, int side, double left, GrowingNeurons& found,
                        std::vector<std::vector<double>>& grown) const {
        const Activation& activation = network_.activation_of(i);
        const ActivationEnds ends = ends_of(activation);
        // A ramp whose tail has a dip (gelu, silu) lets a sample that holds step over it.
        const bool has_tail =
            ends.saturates ? ends.low != ends.high : ends.rectifies && ends.above_relu > 0 && side < 0;
        if (!has_tail || (tail_value(activation, side) != 0.0 && !network_.output_bias)) return;
        double size = 0.0;
        for (Size o = 0; o < network_.output_count; ++o)
            size = std::max(size, std::abs(network_.output(i, o)));
        // -side z: how far out of the tail.
        double foremost = -HUGE_VAL, next = HUGE_VAL;
        for (Size k = 0; k < data_.samples(); ++k) {
            if (found.apart[k] || data_.weight(k) == 0.0) continue;
            if (size * std::abs(beyond_tail(activation, side, z_[i][k])) > left) return;
            foremost = std::max(foremost, -side * z_[i][k]);
        }
        for (Size k = 0; k < data_.samples(); ++k)
            if (found.apart[k] && -side * z_[i][k] > foremost) next = std::min(next, -side * z_[i][k]);
        if (!(foremost < next) || !std::isfinite(foremost) || !std::isfinite(next)) return;
        GrowingNeuron growing{i, side, {network_.weights(i), network_.weights(i) + network_.inputs}};
        if (metric_.constant_input == network_.inputs - 1)
            growing.v.back() += side * 0.5 * (foremost + next) / metric_.mean.back();
        else if (!(foremost < 0.0 && next > 0.0))
            return;
        std::vector<double> of = inputs_.preactivations(growing.v.data());
        for (double& z : of) z = growth_at(activation, growing, z);
        grown.push_back(std::move(of));
        found.neurons.push_back(std::move(growing));
    }

    // Whether the growing neurons bring the sample's class above all others.
    bool is_ahead(const GrowingNeurons& found, const std::vector<std::vector<double>>& grown, Size k) const {
        const Size outputs = network_.output_count, label = labels_[k];
        for (Size o = 0; o < outputs; ++o) {
            if (outputs > 1 && o == label) continue;
            double sum = 0.0, terms = 0.0;
            for (std::size_t l = 0; l < found.neurons.size(); ++l) {
                const double of = class_lead(network_, found.neurons[l].neuron, label, o);
                sum += of * grown[l][k];
                terms += std::abs(of * grown[l][k]);
            }
            if (!(sum > kClear * terms)) return false;
        }
        return true;
    }

    const Dataset& data_;
    const InputMetric& metric_;
    const SampleInputs& inputs_;
    const Network& network_;
    const std::vector<Size>& labels_;
    std::vector<std::vector<double>> z_;
    std::vector<double> largest_;  // |dl/df| of each sample, its weight in it
};

}  // namespace

double tail_value(const Activation& activation, int side) {
    const ActivationEnds ends = ends_of(activation);
    return !ends.saturates ? 0.0 : side > 0 ? ends.high : ends.low;
}

double growth_at(const Activation& activation, const GrowingNeuron& growing, double z) {
    if (growing.side * z >= 0.0) return 0.0;
    const ActivationEnds ends = ends_of(activation);
    return ends.saturates ? tail_value(activation, -growing.side) - tail_value(activation, growing.side) : z;
}

std::vector<GrowingNeurons> find_growing_neurons(const SolveSetting& setting, const SampleInputs& inputs,
                                                 const Network& network, const std::vector<Size>& labels) {
    const Search search(setting, inputs, network, labels);
    std::vector<GrowingNeurons> result;
    for (const double left : kLeft) {
        for (const double idle : kIdle) {
            std::optional<GrowingNeurons> found = search.find(idle, left);
            if (found && std::find(result.begin(), result.end(), *found) == result.end())
                result.push_back(std::move(*found));
        }
    }
    return result;
}

}  // namespace tepui
