// The gradient as sums over samples (MATH.md section 1): the loss and, for every output o, psi_io = sum g_o
// u_i and Psi_io = grad psi_io = sum g_o u'_i x, of which dL/da_io = psi_io and dL/dw_i = sum_o a_io Psi_io
// are made at the end.
#pragma once

#include <vector>

#include "network/derivatives/loss.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

class GradientSum final : public Accumulator {
  public:
    // Without bounds the gradient comes without magnitudes and roundings, and slope_terms is not to be
    // called.
    explicit GradientSum(const Layout& layout, Bounds bounds = Bounds::with);

    int derivative_order() const override { return 1; }
    Size parts() const override { return layout_.output_count * tiles() + 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return (bounds_ ? 3.0 : 1.0) * static_cast<double>(layout_.parameter_count());
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<GradientSum>(layout_, bounds_ ? Bounds::with : Bounds::without);
    }

    // Of the network of the pass. Throws Error(numeric) when a sum overflowed.
    Gradient finish(const Network& network, const Decay& decay) const {
        Gradient gradient;
        finish(network, decay, gradient);
        return gradient;
    }
    // Into one whose room is made, if it is.
    void finish(const Network& network, const Decay& decay, Gradient& gradient) const;

    // sum g_o u'_i x_j: what couples a_io with w_i in the Hessian.
    double slope(Size i, Size j, Size o = 0) const noexcept { return of_output(o).slopes.sums(i, j); }
    // sum (|g_o| + what it is wrong by, in units of kResidualError) |u'_i x_j|: its absolute terms, what
    // cancels in g counted.
    double slope_terms(Size i, Size j, Size o = 0) const noexcept {
        const auto& slopes = of_output(o).slopes;
        return slopes.magnitudes(i, j) + slopes.errors(i, j) / kResidualError;
    }

  protected:
    void begin(Size stride) override;

  private:
    // Sums, sums of |terms|, sums of |terms| with g replaced by its error.
    struct OutputSums {
        struct {
            RowSums sums, magnitudes, errors;  // [width][inputs]
        } slopes;
        struct {
            Size sums, magnitudes, errors;  // [features]
        } values;
    };
    Size tiles() const noexcept { return of_output(0).slopes.sums.parts(); }
    const OutputSums& of_output(Size o) const noexcept { return outputs_[o]; }
    void add_slopes(const EvaluatedBlock& block, Size o, Size begin, Size end);
    void add_values(const EvaluatedBlock& block, Size o, Size row, Size rows);

    Layout layout_;
    bool bounds_;
    LossTerms loss_{sums_};
    std::vector<OutputSums> outputs_;
    Buffer<double> magnitude_rows_, error_rows_;  // [outputs][width][stride]
    Buffer<double> absolute_xt_;                  // [inputs][stride]
};

}  // namespace tepui
