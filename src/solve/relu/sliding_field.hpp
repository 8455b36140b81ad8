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

// Holds the samples and what a network of any layout makes of them: n (d + 3 m + 2 K) numbers.
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
    double slope_at(double z) const noexcept { return z >= 0.0 ? slopes_.above : slopes_.below; }
    Size first_skip() const;
    void add_outputs();
    // sum s l; outputs become pulls.
    double losses();
    void slide(Size neuron, double length, double* velocity);

    const Dataset& data_;
    Layout layout_;
    Size samples_, inputs_, width_, outputs_;
    Slopes slopes_;
    std::vector<double> lambdas_;     // of each parameter; empty without decay
    Matrix x_;                        // n x d
    std::vector<double> weights_;     // n
    std::vector<double> parameters_;  // of the network
    Matrix z_, pulls_, change_;       // n x m: preactivations, g.a_i, x.velocity
    Matrix targets_, f_;              // K x n; f_: outputs, then their pulls g
    std::vector<double> gradient_;    // kinks by the slope of their side
    double loss_ = 0.0;
};

}  // namespace tepui
