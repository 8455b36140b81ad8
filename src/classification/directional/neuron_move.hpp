// The change of the loss when one neuron moves, w + epsilon v and a + epsilon b, evaluated by the exact
// expansion of MATH.md section 9: samples of K_i start at w . x = 0 exactly.
#pragma once

#include <optional>
#include <span>

#include "classification/escape/witness.hpp"
#include "network/derivatives/kink_sums.hpp"

namespace tepui {

class NeuronMove {
  public:
    // sums: of this network, with residuals. Keeps four numbers per sample.
    NeuronMove(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
               std::span<const double> v, double b);

    LossChange change(double epsilon) const;

    double feature_square() const noexcept { return feature_square_; }  // sum s sigma(w . x)^2
    double motion() const noexcept { return motion_; }                  // root mean square of v . x

  private:
    struct Sample {
        double weight, residual, residual_error;
        double z, z_error;  // w . x, 0 in K_i
        double t, t_error;  // v . x
    };
    Slopes slopes_;
    double output_, b_;
    std::vector<Sample> samples_;
    double feature_square_ = 0.0, motion_ = 0.0;
};

// A curve of parameters with its predicted leading change, measured at the step with the largest proven
// decrease of the sum of the moves' changes: one for each output of a network, of the same weights.
Witness measured_witness(std::span<const NeuronMove> moves, Network base,
                         std::function<std::vector<double>(double)> curve, int order, double coefficient);

// The curve w + epsilon v, a + epsilon b of one neuron with its predicted leading change, measured at the
// step with the largest proven decrease. point: w + epsilon v in doubles, which may leave K_i by rounding.
Witness neuron_witness(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                       std::span<const double> v, double b, int order, double coefficient);

// The way out of an escape neuron: a_i = 0 and D_i(v) = derivative != 0. The output weight becomes -sign(D)
// kappa epsilon: Delta L = epsilon^2 (-kappa |D| + kappa^2 / 2 sum s sigma(w . x)^2) + ...
Witness escape_neuron_witness(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                              std::span<const double> v, double derivative);

}  // namespace tepui
