// sigma, sigma' and sigma'' as functions of balls (MATH.md section 2): the result contains the values at
// every point of the argument.
#pragma once

#include "certify/ball.hpp"
#include "kernels/activation_kind.hpp"

namespace tepui::balls {

// Whether there are ball functions for it: the analytic ones and relu3, whose second derivative is
// continuous. ReLU-like activations have no Hessian to speak of, callbacks no ball functions.
bool has_balls(ActivationKind kind);

class BallActivation {
  public:
    // Throws Error(unsupported) when has_balls is false.
    BallActivation(ActivationKind kind, Bits precision);

    // Outputs may not overlap z; second may be null.
    void evaluate(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const;

  private:
    void normal_density(arb_srcptr z, arb_ptr density) const;  // exp(-z^2 / 2) / sqrt(2 pi)
    void erf_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const;
    void sigmoid_family(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const;
    void powers(arb_srcptr z, arb_ptr value, arb_ptr first, arb_ptr second) const;

    ActivationKind kind_;
    Bits precision_;
    Ball root_half_;        // 1 / sqrt 2
    Ball density_at_zero_;  // 1 / sqrt(2 pi)
};

}  // namespace tepui::balls
