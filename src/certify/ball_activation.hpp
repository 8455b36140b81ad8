// sigma, sigma' and sigma'' as functions of balls (MATH.md section 2): the result contains the values at
// every point of the argument.
#pragma once

#include "certify/ball.hpp"
#include "vocabulary/activations.hpp"

namespace tepui::balls {

// Whether there are ball functions for it: the analytic ones and relu3, whose second derivative is
// continuous. ReLU-like activations have no Hessian to speak of, selu has none where a z is 0, callbacks no
// ball functions.
bool has_balls(ActivationKind kind);

struct BallJet {
    Ball value, first, second;
};

class BallActivation {
  public:
    // Throws Error(unsupported) when has_balls is false.
    explicit BallActivation(ActivationKind kind);

    BallJet operator()(const Ball& z) const noexcept;

  private:
    BallJet erf_family(const Ball& z) const noexcept;

    ActivationKind kind_;
    Ball root_half_;        // 1 / sqrt 2
    Ball density_at_zero_;  // 1 / sqrt(2 pi)
};

}  // namespace tepui::balls
