// The buffers of one block of samples and what fills them: inputs, preactivations, activations, residuals.
#pragma once

#include "network/pass.hpp"

namespace tepui {

class BlockEvaluator {
  public:
    // order: of the highest derivative of sigma wanted.
    BlockEvaluator(const Dataset& data, const Network& network, Size block, int order);

    Size stride() const noexcept { return packed_.stride; }
    EvaluatedBlock open(Size first, Size count);
    // Fills samples [begin, end) of the open block; returns the first whose residual is not finite, or -1.
    Size fill(Size begin, Size end);

  private:
    static constexpr int kOrders = 4;  // sigma and three derivatives

    void activate(Size i, Size begin, Size end);
    Size finish_residuals(Size begin, Size end);

    const Dataset& data_;
    const Network& network_;
    PackedBlock packed_;
    Buffer<double> f_, residuals_, weighted_residuals_, magnitude_;
    Buffer<double> z_;
    Buffer<double> sigma_[kOrders];
};

}  // namespace tepui
