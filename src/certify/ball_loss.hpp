// l, l' and l'' of K outputs as functions of balls (MATH.md section 1): the results contain the values at
// every point of the arguments. Targets are the doubles given, exactly; those of a softmax are taken as parts
// of their sum, which rounding alone keeps from 1.
#pragma once

#include "certify/ball_activation.hpp"
#include "network/model/loss.hpp"

namespace tepui::balls {

class BallLoss {
  public:
    // Throws Error(unsupported) for the caller's own, which has no form in ball arithmetic.
    BallLoss(const Loss& loss, Size outputs);

    // Of one sample, all times its weight. f: [K]; gradient: [K]; hessian: [K (K + 1) / 2], as packed_index
    // has it.
    struct Sample {
        const Ball* f;
        const double* targets;
        const Ball& weight;
    };
    struct Values {
        Ball& value;
        Ball *gradient, *hessian;
    };
    void evaluate(const Sample& sample, const Values& out) const;

  private:
    struct Jet {
        Ball value, first, second;
    };
    Jet at(const Ball& f, double target) const noexcept;
    void softmax(const Sample& sample, const Values& out) const;

    LossKind kind_;
    Size outputs_;
    double parameter_;
    BallActivation softplus_{ActivationKind::softplus};
};

}  // namespace tepui::balls
