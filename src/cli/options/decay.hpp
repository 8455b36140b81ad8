// Weight decay: 1/2 sum_p lambda_p theta_p^2, one lambda for every block of parameters (MATH.md section 1).
#pragma once
#include <optional>
#include <string>

#include "cli/options/loss_choice.hpp"

namespace tepui::cli {

struct DecayOptions {
    std::string all;  // LAMBDA, nnet:DECAY or scikit-learn:ALPHA; empty: none
    std::optional<double> w, a, c, biases;

    bool any() const { return !all.empty() || w || a || c || biases; }
};

struct Decay {
    double w = 0.0, a = 0.0, c = 0.0;  // of hidden weights, output weights, skip connections
    double biases = 0.0;               // of the bias column of W and of output biases

    bool any() const { return w > 0.0 || a > 0.0 || c > 0.0 || biases > 0.0; }
};

// The lambdas for L = sum_k s_k l + 1/2 sum_p lambda_p theta_p^2. LAMBDA is that of all weights, biases left
// alone; nnet:DECAY what R's nnet(decay = DECAY) minimises, biases included; scikit-learn:ALPHA what
// MLPRegressor and MLPClassifier(alpha = ALPHA) do, times the number of samples. Options of one block come
// before. Throws UserError.
Decay decay_of(const DecayOptions& options, const LossChoice& loss);

}  // namespace tepui::cli
