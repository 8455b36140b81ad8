// Inner Hessians as sums over samples: the weighted Gram of the rows (g . a_i) u''_i (MATH.md section 1).
#pragma once

#include <optional>
#include <vector>

#include "network/derivatives/gradient.hpp"
#include "network/pass/gram_sums.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {

class InnerHessianSum final : public Accumulator {
  public:
    // Of the neurons first_neuron .. first_neuron + neurons - 1 of a network with so many outputs.
    InnerHessianSum(Size first_neuron, Size neurons, Size inputs, Bounds bounds = Bounds::with,
                    Size outputs = 1);
    // Of the given neurons in ascending order, one after the other. Single precision wants bounds.
    InnerHessianSum(const std::vector<Size>& neurons, Size inputs, Bounds bounds = Bounds::with,
                    GramPrecision precision = GramPrecision::double_precision, Size outputs = 1);

    int derivative_order() const override { return 2; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override {
        return gram_.parts() + terms_.parts() + (single_ ? single_->terms.parts() : 0);
    }
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    void read(const Network& network) override;
    Size preferred_block() const override;
    double products_per_sample() const override {
        return gram_.products_per_sample() + static_cast<double>(neurons_ * inputs_);
    }
    std::unique_ptr<Accumulator> sibling() const override;

    // Without the gradient. The matrices are handed over, not copied: the sum is over. Throws Error(numeric)
    // when a sum overflowed.
    InnerHessians finish();

  protected:
    void begin(Size stride) override;

  private:
    struct Run {  // neurons that follow each other in the network and, from row `at` on, here
        Size first, count, at;
    };
    InnerHessianSum(std::vector<Run> runs, Size neurons, Size inputs, Bounds bounds, Size outputs);
    // The block once more in single precision.
    struct Single {
        Buffer<float> xt, coefficients;       // as xt of the block, coefficients_
        Buffer<double> largest_x, largest_c;  // of each strip, at its begin / kSamplePadding
        std::vector<kernels::GramRowOf<float>> rows;
        RowSums terms;  // InnerHessians::SingleError, as is absolute
        Size absolute;

        Single(SumBuffer& sums, Size neurons, Size inputs)
            : terms(sums, neurons, inputs), absolute(sums.reserve(1)) {}
        void begin(Size neurons, Size inputs, Size stride);
        double underflow(const EvaluatedBlock& block);
    };
    void point_rows(const EvaluatedBlock& block);
    void prepare_coefficients(const EvaluatedBlock& block, const Run& run, Size begin, Size end);
    void prepare_terms(const EvaluatedBlock& block, const Run& run, Size begin, Size end);
    static std::vector<Run> runs_of(const std::vector<Size>& neurons);

    std::vector<Run> runs_;
    Size neurons_, inputs_, outputs_;
    bool bounds_;
    GramSums gram_;
    RowSums terms_;                            // absolute terms of the diagonals
    std::vector<kernels::GramRow> rows_;       // (g . a_i) u''_i of the block, but for the factor
    std::vector<double> factors_;              // a_i with one output, else 1
    Buffer<double> coefficients_, term_rows_;  // [neurons][stride]: rows formed, with single ones absolute
    Buffer<double>
        residual_terms_;         // [outputs][stride]: |g| and what it is wrong by, in units of kResidualError
    Buffer<double> squared_xt_;  // [inputs][stride]
    std::optional<Single> single_;
};

}  // namespace tepui
