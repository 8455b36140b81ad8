// The velocity of gradient flow of ReLU-like neurons, along kinks too: where the gradients on both sides of a
// kink point at it, the flow slides along it (MATH.md section 9: the steepest of the directions in which D_i
// falls).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"
#include "network/model/slopes.hpp"

namespace tepui {

// Holds the samples and what a network makes of them: n (d + 3 m) numbers.
class SlidingField {
  public:
    SlidingField(const Dataset& data, const Network& network);

    // Evaluates the network there; the loss, infinite when it overflows.
    double move_to(const Network& network);
    double loss() const noexcept { return loss_; }

    // d theta / dt for a step of the given length: a kink that the step would cross and that pushes back from
    // its other side is slid along.
    std::vector<double> velocity(double length);

  private:
    void slide(Size neuron, double length, double* velocity);

    Size samples_, inputs_, width_;
    Slopes slopes_;
    Matrix x_;                                // n x d
    std::vector<double> targets_, weights_;   // n
    std::vector<double> w_, a_;               // of the network
    Matrix z_, pulls_, change_;               // n x m: preactivations, s r sigma', x.velocity
    std::vector<double> weighted_residuals_;  // n
    Matrix gradient_;                         // m x d: a_i g_i, kinks by the slope of their side
    double loss_ = 0.0;
};

}  // namespace tepui
