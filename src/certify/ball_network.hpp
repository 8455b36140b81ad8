// Loss, gradient, Hessian, slopes and inner Hessians over a box of parameters, by the formulas of MATH.md
// section 1 in ball arithmetic, weight decay included. Samples, targets, sample weights and lambdas are the
// doubles given, exactly.
#pragma once

#include <vector>

#include "certify/ball.hpp"
#include "certify/ball_activation.hpp"
#include "certify/ball_loss.hpp"
#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::balls {

struct BallDerivatives {
    explicit BallDerivatives(const Layout& layout);
    Ball loss;
    BallVector gradient;
    BallMatrix hessian;              // P x P
    std::vector<BallMatrix> slopes;  // Psi_i, inputs x outputs
    std::vector<BallMatrix> inner;   // H_i, inputs x inputs
};

// Samples first .. first + count - 1, everything evaluated.
struct BallBlock {
    BallBlock(const Layout& layout, Size first_, Size count_);
    Size first, count;
    BallMatrix x, xt;                       // [sample][input] and its transpose
    BallMatrix z, value, slope, curvature;  // [neuron][sample]
    BallMatrix features;                    // [features][sample]
    BallMatrix pull, bend;                  // g: [output][sample]; G: [pair of outputs][sample]
    BallVector loss;                        // s l
};

// What a pass over the samples sums.
struct BallSums {
    explicit BallSums(const Layout& layout);
    Ball loss;
    BallMatrix coefficients;  // sum g_o phi_q, [features][outputs]
    BallMatrix slopes;        // sum u'_i x g_o, [width outputs][inputs]
};

class BallNetwork {
  public:
    // Borrows data and execution. network: activations and layout; its parameters are not read.
    BallNetwork(const Dataset& data, const Network& network, const Execution& execution);

    // theta: P balls in parameter order. Every result contains its true values at all points of the box.
    BallVector gradient(const BallVector& theta) const;
    BallDerivatives derivatives(const BallVector& theta) const;

  private:
    // use(block) for blocks of all samples.
    template <class Use>
    void pass(const char* phase, const BallVector& theta, Use&& use) const;
    void evaluate(const BallVector& theta, BallBlock& block) const;
    void evaluate_sample(const BallVector& theta, BallBlock& block, Size k) const;
    void add(const BallBlock& block, BallSums& sums) const;
    BallVector finish(const BallVector& theta, const BallSums& sums) const;
    const BallActivation& activation_of(Size i) const noexcept {
        return activations_[activations_.size() == 1 ? 0 : static_cast<std::size_t>(i)];
    }

    const Dataset& data_;
    Layout layout_;
    std::vector<BallActivation> activations_;  // one, or one a neuron
    BallLoss loss_;
    const Execution& execution_;
    Ball scale_;                 // of the loss: 1, or 1 / sum_k s_k
    std::vector<double> decay_;  // lambda of each parameter; empty: none
};

}  // namespace tepui::balls
