// The loss as a sum over samples (MATH.md section 1).
#pragma once

#include "network/derivatives/objective.hpp"

namespace tepui {

// Among the sums of an accumulator.
class LossTerms {
  public:
    explicit LossTerms(SumBuffer& sums) : sums_(&sums), first_(sums.reserve_compensated(2)) {}
    void add(Size count, const double* value, const double* rounding);
    LossValue finish() const;  // without decay
    // Of the network of the pass. Both throw Error(numeric) when the sum overflowed.
    LossValue finish(const Network& network, const Decay& decay) const;

  private:
    SumBuffer* sums_;
    Size first_;
};

class LossSum final : public Accumulator {
  public:
    int derivative_order() const override { return 0; }
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size, Size) override {
        terms_.add(block.padded, block.loss_value, block.loss_rounding);
    }
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<LossSum>(); }

    LossValue finish(const Network& network, const Decay& decay) const {
        return terms_.finish(network, decay);
    }

  private:
    LossTerms terms_{sums_};
};

}  // namespace tepui
