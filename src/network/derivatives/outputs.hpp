// What the network and the loss say of every sample, for passes that sum something as well.
#pragma once

#include "network/pass/pass.hpp"

namespace tepui {

// Where to write, [samples][outputs] each; null: not wanted. As in EvaluatedBlock; residuals: f - y.
struct OutputArrays {
    double *f = nullptr, *f_error = nullptr, *residuals = nullptr, *g = nullptr, *g_error = nullptr;
};

// Not a sum: copies what each block says to its place.
class OutputCollector final : public Accumulator {
  public:
    explicit OutputCollector(const OutputArrays& to) : to_(to) {}

    int derivative_order() const override { return 0; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return 0; }
    void add(const EvaluatedBlock&, Size, Size) override {}
    std::unique_ptr<Accumulator> sibling() const override { return std::make_unique<OutputCollector>(to_); }
    std::vector<SampleArray> sample_arrays(const Network& network) const override;

  private:
    OutputArrays to_;
};

}  // namespace tepui
