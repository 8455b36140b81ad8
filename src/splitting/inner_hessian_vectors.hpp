// Products of inner Hessians with directions, all neurons in one pass, without forming any: for a direction v
// of neuron i, H_i v = sum_k c_ik (v . x_k) x_k with c_ik = a_i g_k u''_ik (MATH.md sections 1, 10). Two
// matrix products a block, and nothing of size inputs x inputs.
#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "network/derivatives/objective.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

class InnerHessianVectorSum final : public Accumulator {
  public:
    // Row q of `directions` belongs to neuron neurons[q]; both must outlive the passes.
    InnerHessianVectorSum(const std::vector<Size>& neurons, const Matrix& directions);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return products_.parts(); }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return 2.0 * static_cast<double>(directions_.rows() * (directions_.cols() + 2));
    }

    // Row q: H_i v_q. Throws Error(numeric) when a sum overflowed.
    Matrix finish() const;

  protected:
    void begin(Size stride) override;

  private:
    const std::vector<Size>& neurons_;
    const Matrix& directions_;
    RowSums products_;
    Buffer<double> rows_;  // [directions][stride]
};

// T of InnerHessians::magnitude alone, for every neuron.
class InnerMagnitudeSum final : public Accumulator {
  public:
    InnerMagnitudeSum(Size neurons, Size inputs);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return terms_.parts(); }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override { return static_cast<double>(neurons_ * (inputs_ + 2)); }

    Matrix finish() const;  // neurons x inputs

  protected:
    void begin(Size stride) override;

  private:
    Size neurons_, inputs_;
    RowSums terms_;
    Buffer<double> term_rows_;       // [neurons][stride]
    Buffer<double> residual_terms_;  // [stride]: |g| and what it is wrong by, in units of kResidualError
    Buffer<double> squared_xt_;      // [inputs][stride]
};

// Row q: H_i v_q for i = neurons[q], v_q row q of directions.
Matrix inner_hessian_vectors(const Dataset& data, const Network& network, const std::vector<Size>& neurons,
                             const Matrix& directions, const Execution& execution);

}  // namespace tepui
