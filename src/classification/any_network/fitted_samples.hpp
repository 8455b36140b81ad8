// Samples that the network fits exactly through directions of input space which no other sample has. They
// pull nothing and hold nothing: the point is a local minimum exactly when it is one without them and without
// those directions (MATH.md section 8).
#pragma once

#include <optional>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

struct FittedSamples {
    std::vector<Size> samples;  // ascending
    InputSpace rest;            // what the other samples span
    Matrix inputs;              // x_k of each
    // g_k: x_k without its part in the span of the others, as a weight vector; g_k . x = 0 for every other
    // sample.
    Matrix directions;
    std::vector<double> outputs;  // f(x_k) at the point

    Size count() const noexcept { return static_cast<Size>(samples.size()); }

    // Moves the weights within the directions, as little as needed, until f(x_k) is again as at the point:
    // Newton's method on least-norm steps. False, and the network as it came, when it does not get there.
    bool restore(Network& network) const;
};

// Empty when there are none, or when all samples are. residuals: of the network, which is stationary and does
// not have zero loss.
std::optional<FittedSamples> fitted_samples(const Dataset& data, const Network& network,
                                            const PointResiduals& residuals, const Execution& execution);

// The data without them, in coordinates of the space that the others span; losses keep their scale.
Dataset project_others(const Dataset& data, const FittedSamples& fitted, const Execution& execution);

}  // namespace tepui
