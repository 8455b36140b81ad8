// Continuous symmetries: motions of the parameters along which the outputs stay as they are, at any point,
// because of what the activation is (MATH.md section 7). The Hessian of every stationary point is zero along
// them; where it is positive definite across them, the point is a local minimum all the same.
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

class ContinuousSymmetry {
  public:
    // constant: locally constant neurons, which the outputs do not depend on and which are left out.
    ContinuousSymmetry(const Dataset& data, const Network& network, const std::vector<bool>& constant,
                       const Execution& execution);

    // Dimension of the orbit through the point: how many of the motions are independent. A lower bound where
    // they are so within rounding.
    Size dimension() const;
    // Null vectors of H_i, a_i != 0, that they make: its daughters can move along each of them against one
    // another, with their output weights and those of other neurons, and leave the outputs as they are.
    Size inner_dimension(Size neuron) const;

  private:
    using Vector = std::vector<double>;
    std::vector<Vector> motions() const;
    void add_beside(std::vector<Vector>& found) const;
    bool linear() const;
    bool quadratic() const;

    const Network& network_;
    const std::vector<bool>& constant_;
    // e with e . x = 1 for every sample; empty: none, or not asked for. shift_: for exp; one_: for the output
    // bias.
    Vector shift_, one_;
};

// e with e . x = 1 for every sample; empty when the constant is not a combination of the inputs.
std::vector<double> constant_direction(const Dataset& data);

// One network of each orbit of the scale and shift symmetries: weights of homogeneous activations with
// preactivations of size 1 on the data, those of exp without their part along the constant. Neurons that do
// the same up to a factor then have equal weights. A linear change of parameters about the point.
struct SymmetryGauge {
    // The way back, of each neuron; empty: none. w = weights * w' + shifts * direction, a = outputs * a'.
    std::vector<double> weights, outputs, shifts;
    std::vector<double> direction;

    bool given() const noexcept { return weights.empty(); }  // that of the given network
};
SymmetryGauge fix_gauge(const Dataset& data, Network& network, const Execution& execution);

}  // namespace tepui
