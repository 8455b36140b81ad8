// The Hessian's sums over samples in ball arithmetic (MATH.md section 1): J^T G J, output by output, and what
// curves the neurons.
#pragma once

#include <vector>

#include "certify/ball_network.hpp"

namespace tepui::balls {

class BallHessianSums {
  public:
    BallHessianSums(const Layout& layout, const Execution& execution);

    void add(const BallVector& theta, const BallBlock& block);
    // Without weight decay; inner: H_i of each neuron.
    void finish(const BallSums& sums, BallMatrix& hessian, std::vector<BallMatrix>& inner);

  private:
    void add_output(const BallVector& theta, const BallBlock& block, Size o);
    void add_coefficients(const BallBlock& block, Size o, Size q);
    void add_inner(const BallVector& theta, const BallBlock& block);

    Layout layout_;
    const Execution& execution_;
    BallMatrix weights_;                    // sum (a_i^T G a_l) u'_i u'_l x x^T
    std::vector<BallMatrix> sides_;         // of each output: sum (G a_i)_o u'_i phi_q x, [features][weights]
    std::vector<BallMatrix> coefficients_;  // of each pair of outputs: sum G_oo' phi_q phi_p
    std::vector<BallMatrix> inner_;
};

}  // namespace tepui::balls
