// Whether the network has the least loss that any network of its activation can have on these data: then the
// point is a minimum, and so is every split of it, whatever its Hessian (MATH.md section 4). The question is
// about the stationary point nearby, not about the digits of the given one.
#pragma once

#include "classification/spectrum/tolerances.hpp"
#include "network/derivatives/objective.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui {

struct LeastLoss {
    bool reached = false;     // no network near the given one, of any width, has a smaller loss
    bool everywhere = false;  // and none anywhere: a global minimum
    bool zero = false;        // the loss itself is zero
    bool convex = false;      // no function of the inputs has a smaller one: of other losses than the squared
    // It may have, as far as the slack of stationarity lets anybody tell: neither this nor anything about the
    // residuals, psi and inner Hessians included, is known.
    bool unclear = false;
    bool at_kink =
        false;  // unclear, since the loss is not twice differentiable: network/derivatives/kinks.hpp
};

// The rule by which it is reached.
constexpr Rule rule_of(const LeastLoss& least) {
    if (least.convex) return Rule::least_convex_loss;
    return least.zero ? Rule::zero_loss : Rule::least_squares_fit;
}

// Whether the gradient by the outputs sums to zero, within its rounding, over every group of samples of equal
// inputs: for a convex loss no function of the inputs has a smaller one.
bool least_of_all(const Dataset& data, const Network& network, double factor, const Execution& execution);

// loss: of the network. stationary: whether its gradient counts as zero. Where it does not, the residuals
// themselves have to be as small, beside their terms, as the gradient of a stationary point beside its terms.
LeastLoss least_loss(const Dataset& data, const Network& network, const LossValue& loss, bool stationary,
                     const Tolerances& tolerances, const Execution& execution);

}  // namespace tepui
