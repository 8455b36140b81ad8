// Network outputs and residuals of every sample, for passes that sum something as well.
#pragma once

#include "network/pass/pass.hpp"

namespace tepui {

// [samples][outputs] each. Not a sum: copies each block's outputs and residuals to their place. Either
// pointer may be null.
class OutputCollector final : public Accumulator {
  public:
    OutputCollector(double* f, double* residuals) : f_(f), residuals_(residuals) {}

    int derivative_order() const override { return 0; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return 0; }
    void add(const EvaluatedBlock&, Size, Size) override {}
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<OutputCollector>(f_, residuals_);
    }

  private:
    double* f_;
    double* residuals_;
};

}  // namespace tepui
