// Second derivatives of the loss along given directions (V, B), with a bound on their rounding error: with
// p_i = V_i . x, the changes t = sum_q B_q phi_q + sum_i a_i u'_i p_i of f (q over all features) and q =
// sum_i (2 B_i u'_i p_i + a_i u''_i p_i^2) of its slope,
//     v^T H v = sum_k (t_k^T G_k t_k + g_k . q_k) + sum lambda v^2   (MATH.md sections 1, 10).
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

struct Curvature {
    double value = 0.0;
    // The exact value is within `error`: from the absolute terms of every sum, summed one after the other, an
    // ulp-accurate activation and a g within its error. As there, the rounding of the
    // preactivations does not count.
    double error = 0.0;
};

class CurvatureSum final : public Accumulator {
  public:
    // The directions, one a row, must outlive the passes.
    CurvatureSum(const Layout& layout, const Loss& loss, const Matrix& directions);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return directions_.rows(); }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return 2.0 * static_cast<double>(directions_.rows() * layout_.width *
                                         (layout_.inputs + 4 * layout_.output_count));
    }

    Curvature finish(const Decay& decay, Size q) const;

  protected:
    void begin(Size stride) override;

  private:
    void sum_features(const EvaluatedBlock& block, const double* direction, Size begin, Size end);
    void sum_neurons(const EvaluatedBlock& block, const double* direction, Size begin, Size end);
    Curvature of_sample(const EvaluatedBlock& block, Size k) const;

    Layout layout_;
    const Loss& loss_;
    const Matrix& directions_;
    Matrix absolute_;                    // |V|
    Size sums_of_;                       // compensated: of every direction the value, then its error
    Buffer<double> absolute_xt_;         // [inputs][stride]
    Buffer<double> steps_, step_terms_;  // [width][stride]: p and its absolute terms
    // [outputs][stride]: t, q and their absolute terms.
    Buffer<double> change_, change_terms_, bend_, bend_terms_;
    Buffer<double> terms_, term_errors_;  // [directions][stride]
};

std::vector<Curvature> curvatures(const Dataset& data, const Network& network, const Matrix& directions,
                                  const Execution& execution);

}  // namespace tepui
