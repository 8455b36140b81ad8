#include <algorithm>

#include "network/objective.hpp"

namespace tepui {
namespace {

// Not a sum: copies each block's outputs and residuals to their place.
class OutputCollector final : public Accumulator {
  public:
    OutputCollector(double* f, double* residuals) : f_(f), residuals_(residuals) {}

    int derivative_order() const override { return 0; }
    void begin(Size) override {}
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override {
        const Size count = std::clamp(block.count, begin, end) - begin;
        if (f_ != nullptr) std::copy_n(block.f + begin, count, f_ + block.first + begin);
        if (residuals_ != nullptr)
            std::copy_n(block.residuals + begin, count, residuals_ + block.first + begin);
    }
    Size parts() const override { return 0; }
    void add(const EvaluatedBlock&, Size) override {}
    void merge(const Accumulator&) override {}

  private:
    double* f_;
    double* residuals_;
};

}  // namespace

void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution) {
    OutputCollector collector(f, residuals);
    Accumulator* const accumulators[] = {&collector};
    run_pass(data, network, accumulators, execution);
}

}  // namespace tepui
