// The absolute terms of the Hessian's diagonal, for networks whose Hessian is not formed: what lengths of
// steps and what rounding may do are taken from.
#pragma once

#include "network/derivatives/objective.hpp"
#include "network/pass/row_sums.hpp"

namespace tepui {

class DiagonalSum final : public Accumulator {
  public:
    explicit DiagonalSum(const Layout& layout);

    int derivative_order() const override { return 2; }
    Size parts() const override { return terms_.parts() + 1; }
    void prepare(const EvaluatedBlock& block, Size begin, Size end) override;
    void add(const EvaluatedBlock& block, Size begin, Size end) override;
    double products_per_sample() const override {
        return static_cast<double>(layout_.parameter_count() * (1 + layout_.output_count));
    }

    // Parameter order, decay included. Throws Error(numeric) when a sum overflowed.
    std::vector<double> finish(const Decay& decay) const;

  protected:
    void begin(Size stride) override;

  private:
    Layout layout_;
    RowSums terms_;  // of w: sum (|a_i G a_i| u'^2 + |g . a_i| |u''|) x^2, with what cancels in g
    Size features_;  // [outputs][features]: sum G_oo u_q^2
    Buffer<double> term_rows_, feature_rows_, squared_xt_;
};

// Gradient with its bounds and these magnitudes; the Hessian's value stays empty.
HessianValue hessian_diagonal(const Dataset& data, const Network& network, const Execution& execution);

// The diagonal entry of one coefficient of the output layer, a sum of squares, whether there is a Hessian or
// its diagonal's terms alone.
inline double coefficient_curvature(const HessianValue& hessian, Size p) {
    return hessian.value.rows() > 0 ? hessian.value(p, p) : hessian.magnitude[p];
}

}  // namespace tepui
