// The buffers of one block of samples and what fills them: inputs, preactivations, activations, outputs and
// what the loss says about them.
#pragma once

#include "network/pass/pass.hpp"

namespace tepui {

class BlockEvaluator {
  public:
    // order: of the highest derivative of sigma wanted.
    BlockEvaluator(const Dataset& data, const Network& network, Size block, int order);

    Size stride() const noexcept { return packed_.stride; }
    // Once before a pass, at the parameters that the network has then.
    void read_parameters();
    EvaluatedBlock open(Size first, Size count);
    // Fills samples [begin, end) of the open block; returns the first whose residual is not finite, or -1.
    Size fill(Size begin, Size end);

  private:
    static constexpr int kOrders = 4;  // sigma and three derivatives

    void activate(Size i, Size begin, Size end);
    void add_linear_features(Size begin, Size end);
    void sum_outputs(Size begin, Size end);
    Size judge_outputs(Size begin, Size end);

    const Dataset& data_;
    const Network& network_;
    PackedBlock packed_;
    Buffer<double> coefficients_;  // [outputs][features]
    Buffer<double> f_, f_error_, value_, value_rounding_, g_, g_error_, g_slope_;
    // One allocation: it teaches an allocator that the memory of a pass is worth keeping for the next one.
    Buffer<double> rows_;
    double* z_;               // in rows_
    double* sigma_[kOrders];  // null: not wanted
};

}  // namespace tepui
