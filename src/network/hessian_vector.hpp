// Products of the Hessian with directions (V, b), matrix-free and any number of them in one pass: with p_i =
// V_i . x and t = sum_i (b_i u_i + a_i u'_i p_i) the change of f,
//     (Hv)_{a_i} = sum s (u_i t + r u'_i p_i),    (Hv)_{w_i} = sum s (a_i u'_i t + r (b_i u'_i + a_i u''_i
//     p_i)) x.
// Two matrix products a block for each direction; the hidden layer is evaluated once for all of them.
#pragma once

#include "core/matrix.hpp"
#include "network/objective.hpp"
#include "network/row_sums.hpp"

namespace tepui {

class HessianVectorSum final : public Accumulator {
  public:
    // The directions must outlive the passes.
    HessianVectorSum(Size width, Size inputs, std::span<const double> direction);
    HessianVectorSum(Size width, Size inputs, const Matrix& directions);  // one a row

    int derivative_order() const override { return 2; }
    void begin(Size stride) override;
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return slopes_.parts(); }
    void add(const EvaluatedBlock& block, Size part) override { add_range(block, part, part + 1); }
    void add_range(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return 2.0 * static_cast<double>(count_ * width_ * (inputs_ + 4));
    }
    std::unique_ptr<Accumulator> sibling() const override;
    void merge(const Accumulator& other) override;

    // The product with direction q.
    void finish(std::span<double> result, Size q = 0) const;

  private:
    HessianVectorSum(Size width, Size inputs, const double* directions, Size count);
    void prepare_direction(const EvaluatedBlock& block, Size q, Size begin, Size end);

    Size width_, inputs_;
    const double* directions_;  // [count][parameters]
    Size count_;
    RowSums slopes_;  // row q width + i
    Buffer<double> values_;
    Buffer<double> rows_, value_rows_;  // [count][width][stride]
    Buffer<double> change_;             // [count][stride]: t
};

// Row q of the result: Hessian * row q of the directions. Throws Error(numeric) when a product overflows.
Matrix hessian_vectors(const Dataset& data, const Network& network, const Matrix& directions,
                       const Execution& execution);

}  // namespace tepui
