// The Hessian as sums over samples (MATH.md section 1; J^T G J and what curves the network itself). Its
// blocks over w are weighted Grams of m (m + 1) / 2 rows, those on the diagonal with the inner Hessian's row
// added; the rest is weighted sums of samples and of features.
#pragma once

#include <optional>
#include <vector>

#include "network/derivatives/gradient.hpp"
#include "network/pass/gram_sums.hpp"

namespace tepui {

// To be run in the same pass as a GradientSum.
class HessianSum final : public Accumulator {
  public:
    HessianSum(const Layout& layout, const Loss& loss);

    int derivative_order() const override { return 2; }
    Size parts() const override;
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    Size preferred_block() const override { return gram_.preferred_block(); }
    double products_per_sample() const override;

    // Throws Error(numeric) when a sum overflowed.
    HessianValue finish(const Network& network, const Decay& decay, const GradientSum& gradient) const {
        HessianValue hessian;
        finish(network, decay, gradient, hessian);
        return hessian;
    }
    // Into one whose room is made, if it is.
    void finish(const Network& network, const Decay& decay, const GradientSum& gradient,
                HessianValue& hessian) const;

  protected:
    void begin(Size stride) override;

  private:
    // G = c I (also: one output): rows of one output stand for all, and what depends on o, a_i . a_l or a_io,
    // is multiplied in at the end. Else there are rows for every output and every pair of them.
    bool scalar() const noexcept { return sides_ == 1; }
    Size outputs() const noexcept { return layout_.output_count; }
    void prepare_sides(const EvaluatedBlock& block, Size begin, Size end);
    void prepare_diagonal(const EvaluatedBlock& block, Size i, Size begin, Size end);
    void prepare_pairs(const EvaluatedBlock& block, Size i, Size begin, Size end);
    // sum G_oo' u_q u_r
    double feature(Size pair, Size q, Size r) const noexcept;
    void point_rows(const EvaluatedBlock& block);
    void add_coupling(const EvaluatedBlock& block, Size i);
    void assemble(const Network& network, const GradientSum& gradient, Matrix& hessian) const;
    void assemble_outputs(Matrix& hessian) const;
    void assemble_magnitude(const GradientSum& gradient, std::vector<double>& magnitude) const;
    // (G a_i)_o u'_i of the block; scalar: c u'_i.
    double* side(Size i, Size o, Size stride) noexcept {
        return side_rows_.data() + (i * sides_ + o) * stride;
    }

    Layout layout_;
    Size sides_;                            // 1 or the outputs
    GramSums gram_;                         // matrix triangle(i) + l: block (i, l), i >= l
    RowSums terms_;                         // absolute terms of the diagonal over w
    Size coupling_;                         // [width i][sides o][features q][inputs]: sum u_q (side_io) x
    std::optional<RowSums> features_;       // scalar: sum c u_q u_r
    std::optional<GramSums> feature_gram_;  // else of G_oo', o >= o', each: sum G_oo' u_q u_r
    Buffer<double> side_rows_;              // [width][sides][stride]
    Buffer<double> diagonal_, term_rows_;   // [width][stride]: a_i G a_i u'^2 + (g . a_i) u'', absolute terms
    // Not where scalar: [sides][stride], a row of G; [triangle(width)][stride], a_i G a_l u'_i.
    Buffer<double> turn_rows_, pair_rows_;
    Buffer<double> feature_rows_;  // scalar: [features][stride], c u_q
    Buffer<double> squared_xt_;    // [inputs][stride]
    std::vector<kernels::GramRow> rows_, feature_gram_rows_;
};

// hessian() of objective.hpp, with the residuals from the same pass: room for [samples][outputs], or null.
HessianValue hessian_and_residuals(const Dataset& data, const Network& network, const Execution& execution,
                                   double* residuals);

}  // namespace tepui
