// h(s) = sum_k c_k e^(-s tau_k), tau >= 0, of coefficients that are known within their doubts: where it is
// positive, shown step by step.
#pragma once

#include <vector>

namespace tepui {

class DecayingSum {
  public:
    void add(double tau, double c, double doubt) {
        if (c == 0.0 && doubt == 0.0) return;
        tau_.push_back(tau);
        c_.push_back(c);
        doubt_.push_back(doubt);
    }
    // Makes the least tau 0 and returns what it was; 0 where there are no terms.
    double shift_to_zero();

    struct Value {
        double h = 0.0, error = 0.0;
        // Of the terms with tau = 0, which do not decay, the sum at least; of all others, at most.
        double at_zero = 0.0, others = 0.0;
    };
    Value at(double s) const;
    // s0 > 0 with h > 0 on (0, s0], where h(0) = h'(0) = 0 whatever the doubts; 0: none is known.
    double positive_from_zero() const;
    // A step from s on which h stays positive; 0: none that helps is known.
    double positive_step(double s) const;

  private:
    double rounding() const;

    std::vector<double> tau_, c_, doubt_;
};

}  // namespace tepui
