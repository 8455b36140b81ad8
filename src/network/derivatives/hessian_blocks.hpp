// The diagonal blocks of the Gauss-Newton part of the Hessian, one a neuron, over (w_i, a_i): what a
// preconditioner of the whole wants to know (MATH.md section 1); of what is beside the neurons the diagonal.
#pragma once

#include <vector>

#include "network/derivatives/objective.hpp"
#include "network/pass/gram_sums.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

struct HessianBlocks {
    Layout layout;
    Buffer<double> blocks;  // [width][order][order], lower triangles
    // Of the diagonal of the whole Hessian, parameter order: sum (a G a) (u' x)^2 + (|g| + what it is wrong
    // by, in units of kResidualError) |a u''| x^2 and sum G u^2. Zero: the row of the Hessian is zero but for
    // sum g u' x. Behind the neurons' the same of what is beside them.
    std::vector<double> magnitude;

    Size order() const noexcept { return layout.inputs + layout.output_count; }
    double* block(Size i) noexcept { return blocks.data() + i * order() * order(); }
    const double* block(Size i) const noexcept { return blocks.data() + i * order() * order(); }
    // Which parameter row j of block i is.
    Size parameter(Size i, Size j) const noexcept {
        return j < layout.inputs ? layout.weight(i, j) : layout.coefficient(i, j - layout.inputs);
    }
};

class HessianBlockSum final : public Accumulator {
  public:
    HessianBlockSum(const Layout& layout, const Loss& loss);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override {
        return gram_.parts() + couplings_.parts() + terms_.parts() + layout_.width + 1;
    }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    Size preferred_block() const override { return gram_.preferred_block(); }
    double products_per_sample() const override { return gram_.products_per_sample(); }

    // Throws Error(numeric) when a sum overflowed.
    HessianBlocks finish(const Decay& decay) const;

  protected:
    void begin(Size stride) override;

  private:
    // Where G = c I: c; else the entry of its lower triangle.
    Size slope_row(Size o, Size p) const noexcept { return scalar_ ? 0 : packed_index(o, p); }
    Size pairs() const noexcept { return triangle(layout_.output_count); }
    void prepare_neuron(const EvaluatedBlock& block, Size i, Size begin, Size end);
    void add_beside(const EvaluatedBlock& block);
    void finish_neuron(Size i, HessianBlocks& result) const;

    Layout layout_;
    bool scalar_;
    GramSums gram_;              // (a G a) u'^2
    RowSums couplings_, terms_;  // (G a)_o u u' with x, row i K + o; the terms above with x^2
    Size features_;              // [width][pairs]: sum G_oo' u^2
    Size beside_;                // sum G_oo of the squares of what the parameters beside the neurons multiply
    Buffer<double> squares_, term_rows_;  // [width][stride]
    Buffer<double> coupling_rows_;        // [width][outputs][stride]
    Buffer<double> feature_rows_;         // [width][pairs][stride]
    Buffer<double> squared_xt_;           // [inputs][stride]
    std::vector<kernels::GramRow> rows_;
};

HessianBlocks hessian_blocks(const Dataset& data, const Network& network, const Execution& execution);

}  // namespace tepui
