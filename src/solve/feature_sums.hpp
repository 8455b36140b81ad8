// What the squared loss says about the output layer at fixed hidden weights: its value, gradient and Hessian
// by the coefficients of the output layer, in one pass that needs no derivative of sigma.
#pragma once

#include <vector>

#include "network/derivatives/loss.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

class FeatureSum final : public Accumulator {
  public:
    explicit FeatureSum(const Layout& layout);

    int derivative_order() const override { return 0; }
    Size parts() const override { return gram_.parts() + 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return static_cast<double>(layout_.features() * (layout_.features() + layout_.output_count));
    }
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<FeatureSum>(layout_); }

    LossValue loss(const Network& network, const Decay& decay) const { return loss_.finish(network, decay); }
    double gram(Size q, Size r) const noexcept { return gram_(q, r); }  // sum s u_q u_r
    // sum s (f_o - y_o) u_q
    double gradient(Size q, Size o) const noexcept { return sums_.at(gradient_)[o * layout_.features() + q]; }

  protected:
    void begin(Size stride) override;

  private:
    Layout layout_;
    LossTerms loss_{sums_};
    RowSums gram_;
    Size gradient_;                // [outputs][features]
    Buffer<double> feature_rows_;  // [features][stride]: s u_q
};

}  // namespace tepui
