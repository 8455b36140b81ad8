// Samples that the network fits exactly through directions of input space which no other sample has. They
// pull nothing and hold nothing: the point is a local minimum exactly when it is one without them and without
// those directions (MATH.md section 8).
#pragma once

#include <optional>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "network/inputs/own_directions.hpp"

namespace tepui {

struct FittedSamples : OwnDirections {
    std::vector<double> outputs;  // f(x_k) at the point

    // Moves the weights within the directions, as little as needed, until f(x_k) is again as at the point:
    // Newton's method on least-norm steps. False, and the network as it came, when it does not get there.
    bool restore(Network& network) const;
};

// Empty when there are none, or when all samples are. residuals: of the network, which is stationary and does
// not have zero loss.
std::optional<FittedSamples> fitted_samples(const Dataset& data, const Network& network,
                                            const PointResiduals& residuals, SameInputs same,
                                            const Execution& execution);

// The data without them, in coordinates of the space that the others span; losses keep their scale.
Dataset project_others(const Dataset& data, const FittedSamples& fitted, const Execution& execution);

}  // namespace tepui
