// Products of the Hessian with directions (V, B), matrix-free and any number of them in one pass: with p_i =
// V_i . x, the change t = sum_q B_q u_q + sum_i a_i u'_i p_i of the outputs (q over all features) and T = G
// t,
//     (Hv)_{a_q} = sum (u_q T + g u'_q p_q),    (Hv)_{w_i} = sum (u'_i (a_i . T + g . B_i) + (g . a_i) u''_i
//     p_i) x.
// Two matrix products a block for each direction; the hidden layer is evaluated once for all of them.
#pragma once

#include "core/matrix.hpp"
#include "network/derivatives/objective.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

class HessianVectorSum final : public Accumulator {
  public:
    // `count` directions, one after the other; they must outlive the passes.
    HessianVectorSum(const Layout& layout, const Loss& loss, const double* directions, Size count);

    int derivative_order() const override { return 2; }
    Size parts() const override { return slopes_.parts() + 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return 2.0 * static_cast<double>(count_ * (layout_.parameter_count() + 3 * layout_.width));
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<HessianVectorSum>(layout_, loss_, directions_, count_);
    }

    // The product with direction q.
    void finish(const Decay& decay, std::span<double> result, Size q = 0) const;

  protected:
    void begin(Size stride) override;

  private:
    const double* direction(Size q) const noexcept { return directions_ + q * layout_.parameter_count(); }
    Size coefficients() const noexcept { return layout_.features() * layout_.output_count; }
    void prepare_single(const EvaluatedBlock& block, Size q, Size begin, Size end);
    void prepare_outputs(const EvaluatedBlock& block, Size q, Size begin, Size end);
    void prepare_change(const EvaluatedBlock& block, Size q, Size o, Size begin, Size end);
    void prepare_values(const EvaluatedBlock& block, Size q, Size p, Size begin, Size end);
    void prepare_slopes(const EvaluatedBlock& block, Size q, Size i, Size begin, Size end);

    Layout layout_;
    const Loss& loss_;
    const double* directions_;  // [count][parameters]
    Size count_;
    RowSums slopes_;             // row q width + i
    Size values_;                // [count][features][outputs]
    Buffer<double> rows_;        // [count][width][stride]
    Buffer<double> value_rows_;  // [count][features][outputs][stride]
    Buffer<double> change_;      // [count][2 outputs][stride]: t, T
};

// A pass of blocks that suit these sums.
Pass product_pass(const Dataset& data, const Network& network, HessianVectorSum& sum);

// Row q of the result: Hessian * row q of the directions. Throws Error(numeric) when a product overflows.
Matrix hessian_vectors(const Dataset& data, const Network& network, const Matrix& directions,
                       const Execution& execution);

}  // namespace tepui
