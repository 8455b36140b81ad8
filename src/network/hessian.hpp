// The Hessian as sums over samples (MATH.md section 1). Its blocks over w are weighted Grams of the m (m + 1)
// / 2 rows a_i a_l s u'_i u'_l, those on the diagonal with the inner Hessian's row added; the rest is m^2
// weighted sums of samples.
#pragma once

#include <vector>

#include "network/gradient.hpp"
#include "network/gram_sums.hpp"

namespace tepui {

// To be run in the same pass as a GradientSum.
class HessianSum final : public Accumulator {
  public:
    HessianSum(Size width, Size inputs);

    int derivative_order() const override { return 2; }
    void begin(Size stride) override;
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    Size parts() const override { return gram_.parts() + terms_.parts() + features_.parts() + width_; }
    void add(const EvaluatedBlock& block, Size part) override { add_range(block, part, part + 1); }
    void add_range(const EvaluatedBlock& block, Size begin, Size end) override;
    Size preferred_block() const override { return gram_.preferred_block(); }
    double products_per_sample() const override {
        return gram_.products_per_sample() + static_cast<double>(width_ * (width_ + 1) * inputs_);
    }
    void merge(const Accumulator& other) override;

    // Throws Error(numeric) when a sum overflowed.
    HessianValue finish(const Network& network, const GradientSum& gradient) const;

  private:
    void prepare_rows(const EvaluatedBlock& block, Size i, Size begin, Size end);
    void add_coupling(const EvaluatedBlock& block, Size i);
    void assemble(const GradientSum& gradient, Matrix& hessian) const;
    void assemble_magnitude(const GradientSum& gradient, std::vector<double>& magnitude) const;

    Size width_, inputs_;
    GramSums gram_;            // matrix triangle(i) + l: block (i, l), i >= l
    RowSums terms_;            // absolute terms of the diagonal over w
    Buffer<double> coupling_;  // [width i][width l][inputs]: sum s u_l a_i u'_i x
    RowSums features_;         // [width][width]: sum s u_i u_l
    // Rows [width][stride]: s a u', a u', s (a u')^2 + a s r u'', and the absolute terms of the last.
    Buffer<double> left_, right_, diagonal_, term_rows_;
    Buffer<double> weighted_values_;  // [width][stride]: s u
    Buffer<double> squared_xt_;       // [inputs][stride]
    std::vector<kernels::GramRow> rows_;
};

// hessian() of objective.hpp, with the residuals from the same pass: room for one per sample, or null.
HessianValue hessian_and_residuals(const Dataset& data, const Network& network, const Execution& execution,
                                   double* residuals);

}  // namespace tepui
