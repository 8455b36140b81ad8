// The gradient as sums over samples (MATH.md section 1): the loss and psi_i = sum s r u_i, grad psi_i = sum s
// r u'_i x, of which dL/da_i = psi_i and dL/dw_i = a_i grad psi_i are made at the end.
#pragma once

#include "network/loss.hpp"
#include "network/row_sums.hpp"

namespace tepui {

class GradientSum final : public Accumulator {
  public:
    // Without bounds the gradient comes without magnitudes and roundings, and slope_terms is not to be
    // called.
    GradientSum(Size width, Size inputs, Bounds bounds = Bounds::with);

    int derivative_order() const override { return 1; }
    void begin(Size stride) override;
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return slopes_.parts() + 1; }
    void add(const EvaluatedBlock& block, Size part) override { add_range(block, part, part + 1); }
    void add_range(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return (bounds_ ? 3.0 : 1.0) * static_cast<double>(width_ * (inputs_ + 1));
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<GradientSum>(width_, inputs_, bounds_ ? Bounds::with : Bounds::without);
    }
    void merge(const Accumulator& other) override;

    // Throws Error(numeric) when a sum overflowed.
    Gradient finish(const Network& network) const;

    // sum s r u'_i x_j: what couples a_i with w_i in the Hessian.
    double slope(Size i, Size j) const noexcept { return slopes_(i, j); }
    // sum s (|r| + magnitude) |u'_i x_j|: its absolute terms, the residual counted with what cancels in it.
    double slope_terms(Size i, Size j) const noexcept {
        return slope_magnitudes_(i, j) + slope_errors_(i, j);
    }

  private:
    void add_values(const EvaluatedBlock& block, Size row, Size rows);

    Size width_, inputs_;
    bool bounds_;
    LossSum loss_;
    // Over w: sums, sums of |terms|, sums of |terms| with the residual replaced by its magnitude.
    RowSums slopes_, slope_magnitudes_, slope_errors_;
    Buffer<double> values_, value_magnitudes_, value_errors_;  // the same over a
    Buffer<double> magnitude_rows_, error_rows_;               // [width][stride]
    Buffer<double> weighted_magnitude_;                        // [stride]
    Buffer<double> absolute_xt_;                               // [inputs][stride]
};

}  // namespace tepui
