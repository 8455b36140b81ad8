// The product of the Hessian with one direction (V, b), matrix-free: with p_i = V_i . x and
// t = sum_i (b_i u_i + a_i u'_i p_i) the change of f,
//     (Hv)_{a_i} = sum s (u_i t + r u'_i p_i),    (Hv)_{w_i} = sum s (a_i u'_i t + r (b_i u'_i + a_i u''_i
//     p_i)) x.
#pragma once

#include "network/objective.hpp"
#include "network/row_sums.hpp"

namespace tepui {

class HessianVectorSum final : public Accumulator {
  public:
    // The direction must outlive the passes.
    HessianVectorSum(Size width, Size inputs, std::span<const double> direction);

    int derivative_order() const override { return 2; }
    void begin(Size stride) override;
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return slopes_.parts(); }
    void add(const EvaluatedBlock& block, Size part) override;
    double products_per_sample() const override { return 2.0 * static_cast<double>(width_ * (inputs_ + 4)); }
    void merge(const Accumulator& other) override;

    void finish(std::span<double> result) const;

  private:
    Size width_, inputs_;
    std::span<const double> direction_;
    RowSums slopes_;
    Buffer<double> values_;
    Buffer<double> rows_, value_rows_;  // [width][stride]
    Buffer<double> change_;             // [stride]: t
};

}  // namespace tepui
