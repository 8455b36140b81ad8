// The output layer for given hidden weights: a linear least-squares problem of the squared loss, one solve
// away; a convex problem of every convex loss, a few Newton steps away.
#pragma once

#include <optional>
#include <vector>

#include "linalg/cholesky.hpp"
#include "solve/feature_sums.hpp"

namespace tepui {

struct OutputFit {
    double ridge = 0.0;
    int steps = 1;  // Newton's, at most, of losses that are not squared
};

// Moves output weights, output biases and skip connections towards the minimum of the loss at fixed hidden
// weights, by -(H + ridge diag H)^-1 grad, H the Hessian by them: the ridge keeps nearly equal features from
// getting huge weights at once. Of the squared loss they are there then; of others every step is halved until
// it lowers the loss. Decay counts; what only the gauge of a loss moves stays (solve/gauge.hpp). False, and
// nothing changed, when a feature overflows or H is not positive definite.
bool fit_outputs(const Dataset& data, Network& network, const OutputFit& fit);

// The same of the squared loss at one network after the other. All room is made at once; the data must
// outlive this.
class SquaredOutputFit {
  public:
    // The network gives activation and layout.
    SquaredOutputFit(const Dataset& data, const Network& network);
    // The loss there, from the sums at the network as it was: rounding of the loss there is in it. Nothing,
    // and nothing changed, where fit_outputs says false.
    std::optional<double> fit(Network& network, double ridge, const Execution& execution);

  private:
    const Dataset& data_;
    Network network_;
    std::vector<double> decay_;  // [features]: lambda of a feature's coefficients
    linalg::CholeskyFactor factor_;
    FeatureSum sum_;
    Pass pass_;
};

}  // namespace tepui
