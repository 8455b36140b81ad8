// The diagonal blocks of the Gauss-Newton part of the Hessian, one a neuron, over (w_i, a_i): what a
// preconditioner of the whole wants to know (MATH.md section 1); of what is beside the neurons the diagonal.
// Of one output.
#pragma once

#include <vector>

#include "network/derivatives/objective.hpp"
#include "network/pass/gram_sums.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

struct HessianBlocks {
    Size width = 0, inputs = 0;
    Buffer<double> blocks;  // [width][inputs + 1][inputs + 1], lower triangles
    // Of the diagonal of the whole Hessian, parameter order: sum G (a u' x)^2 + (|g| + what it is wrong by,
    // in units of kResidualError) |a u''| x^2 and sum G u^2. Zero: the row of the Hessian is zero but for sum
    // g u' x. Behind the neurons' the same of what is beside them.
    std::vector<double> magnitude;

    Size order() const noexcept { return inputs + 1; }
    double* block(Size i) noexcept { return blocks.data() + i * order() * order(); }
    const double* block(Size i) const noexcept { return blocks.data() + i * order() * order(); }
};

class HessianBlockSum final : public Accumulator {
  public:
    explicit HessianBlockSum(const Layout& layout);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return gram_.parts() + couplings_.parts() + terms_.parts() + 1; }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    Size preferred_block() const override { return gram_.preferred_block(); }
    double products_per_sample() const override { return gram_.products_per_sample(); }

    // Throws Error(numeric) when a sum overflowed.
    HessianBlocks finish() const;

  protected:
    void begin(Size stride) override;

  private:
    Layout layout_;
    Size width_, inputs_;
    GramSums gram_;              // G (a u')^2
    RowSums couplings_, terms_;  // G u a u' with x; the terms above with x^2
    Size features_;              // sum G u^2
    Size beside_;                // sum G of the squares of what the parameters beside the neurons multiply
    Buffer<double> squares_, coupling_rows_, term_rows_, feature_rows_;  // [width][stride]
    Buffer<double> squared_xt_;                                          // [inputs][stride]
    std::vector<kernels::GramRow> rows_;
};

HessianBlocks hessian_blocks(const Dataset& data, const Network& network, const Execution& execution);

}  // namespace tepui
