// Directions of the output layer that no loss can feel: constants that all outputs share under a loss that
// does not see them (softmax), and output biases against the skip connections of a constant input. In scaled
// variables they are taken out of steps and gradients and get curvature 1, so that what is left of the
// Hessian says whether a point is regular (MATH.md section 10).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

struct Scaling;
struct InputMetric;

class Gauge {
  public:
    Gauge() = default;
    // Decay feels them.
    Gauge(const Dataset& data, const Layout& layout);
    // Of scaled variables in which all outputs of a feature have one length where the loss is
    // shift-invariant.
    void measure(const Scaling& scaling);

    bool none() const noexcept { return shared_.empty() && !twice_ && !shares_constant_; }
    void project(double* scaled) const;
    void pin(Matrix& hessian) const;
    // Moves a network along the gauge to the representative that equality is judged by: the outputs of every
    // feature sum to 0, output biases are in the skip connections.
    void centre(const InputMetric& metric, Network& network) const;

  private:
    Layout layout_;
    std::vector<Size> shared_;      // features whose coefficients may all move by one number
    bool twice_ = false;            // output biases are in the skip connections, too
    std::vector<double> constant_;  // with that, of every output: along b_o, then along C_o; a unit vector
    // Of the skip connections those of the bias input alone may all move by one number; so can what they make
    // together with output biases. Of every output as above, orthogonal to that.
    bool shares_constant_ = false;
    std::vector<double> shared_constant_;
};

}  // namespace tepui
