// The loss as a sum over samples (MATH.md section 1).
#pragma once

#include "core/compensated.hpp"
#include "network/objective.hpp"

namespace tepui {

class LossSum final : public Accumulator {
  public:
    int derivative_order() const override { return 0; }
    void begin(Size) override {}
    void prepare(const EvaluatedBlock&, Size, Size) override {}
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size part) override;
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<LossSum>(); }
    void merge(const Accumulator& other) override;

    // Throws Error(numeric) when the sum overflowed.
    LossValue finish() const;

  private:
    CompensatedSum squares_;    // sum s r^2
    CompensatedSum magnitude_;  // sum s magnitude^2
};

}  // namespace tepui
