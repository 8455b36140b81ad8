// Loss, gradient, Hessian and inner Hessians over a box of parameters, by the formulas of MATH.md section 1
// in ball arithmetic, of one output. Samples, targets and sample weights are the doubles given, exactly.
#pragma once

#include <vector>

#include "certify/ball.hpp"
#include "certify/ball_activation.hpp"
#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::balls {

struct BallDerivatives {
    explicit BallDerivatives(const Layout& layout);
    Ball loss;
    BallVector gradient;
    BallMatrix hessian;             // P x P
    std::vector<BallMatrix> inner;  // width matrices, inputs x inputs
};

class BallNetwork {
  public:
    // Borrows the data. network: activation and sizes; its parameters are not read.
    BallNetwork(const Dataset& data, const Network& network, const Execution& execution);

    // theta: P balls in parameter order. Every result contains its true values at all points of the box.
    BallVector gradient(const BallVector& theta) const;
    BallDerivatives derivatives(const BallVector& theta) const;

  private:
    struct Block;
    void evaluate(const BallVector& theta, Block& block) const;
    void evaluate_sample(const BallVector& theta, Block& block, Size k) const;
    // psi_i = sum s r u_i and grad psi_i = sum s r u'_i x.
    void add_slopes(const Block& block, BallMatrix& psi, BallMatrix& slopes) const;
    // Sums of s r times what the parameters beside the neurons multiply.
    void add_beside(const Block& block, BallVector& gradient) const;
    void add_gauss_newton(const BallVector& theta, const Block& block, BallMatrix& hessian) const;
    void add_inner(const Block& block, std::vector<BallMatrix>& inner) const;

    const Dataset& data_;
    Layout layout_;
    Size width_, inputs_, parameters_;
    BallActivation activation_;
    const Execution& execution_;
    Ball scale_;  // of the loss: 1, or 1 / sum_k s_k
};

}  // namespace tepui::balls
