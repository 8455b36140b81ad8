// What neurons look like beside each other: how far apart, whether their outputs cancel, where in sigma they
// stand. What limits are recognised by.
#pragma once

#include <vector>

#include "network/model/network.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

// Preactivations that range over less are nearly constant.
inline constexpr double kVanishing = 0.2;
// Outputs of neurons that meet cancel but for this part.
inline constexpr double kCancelling = 0.5;

struct Neuron {
    std::vector<double> w, a, z;
    double least = 0.0, most = 0.0;  // of z, over the samples that count
    double size() const { return std::max(std::abs(least), std::abs(most)); }
};

class Neurons {
  public:
    // idle: samples of which the loss no longer sees what a neuron does; empty: none.
    Neurons(const SampleInputs& inputs, const InputMetric& metric, const Network& network,
            const std::vector<bool>& idle = {});

  protected:
    bool has_bias() const { return metric_.constant_input == network_.inputs - 1; }
    // Sign by which neuron j is turned to lie beside neuron i.
    double turn(Size i, Size j) const;
    double turned_output(Size i, Size j, std::size_t o) const;
    // sigma and its derivatives in the middle of the neuron's preactivations, and how far the mean input is
    // from there.
    struct Expansion {
        double value, first, second, offset;
    };
    Expansion expansion(Size i) const;
    // Of two neurons whose weights but for the biases vanish: how far their directions differ; huge where
    // their linear parts do not cancel, or where one is not nearly constant.
    double separation_of_vanishing(Size i, Size j) const;
    std::vector<double> without_bias(Size i) const;
    // Root mean square of the difference of the preactivations; of linear units, of their directions and
    // what their linear parts leave of each other.
    double separation(Size i, Size j, bool linear) const;
    // Of a neuron in a tail alpha exp(v . x): v without a bias, and alpha.
    struct InTail {
        std::vector<double> v, alpha;
        double factor;  // e^b
    };
    InTail in_tail(Size i) const;
    // Root mean square of the difference of the exponents; huge where the outputs do not cancel.
    double separation_in_tail(Size i, Size j) const;
    bool cancel(const std::vector<Size>& members) const;

    const SampleInputs& inputs_;
    const InputMetric& metric_;
    const Network& network_;
    std::vector<Neuron> neurons_;
};

}  // namespace tepui
