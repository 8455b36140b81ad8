// What widening a network of ReLU-like neurons makes of its point (MATH.md section 9; arXiv:2402.05626
// section 5): unit replication with rescaled weights, and neurons that contribute nothing.
#pragma once

#include "classification/directional/directional.hpp"
#include "vocabulary/directional.hpp"

namespace tepui {

struct EmbeddingReport {
    explicit EmbeddingReport(Network network_) : network(std::move(network_)) {}

    Network network;  // the wide one
    Verdict verdict = Verdict::undetermined;
    EmbeddingRule rule = EmbeddingRule::narrow_undetermined;
    Size deciding_neuron = -1;       // of the wide network: the one that escapes or falls; -1: none
    std::optional<Witness> witness;  // for a saddle, and where the wide point is not stationary
};

// Neuron i becomes r >= 1 daughters (kappa_j w_i, a_j) in its place; sum_j a_j kappa_j = a_i within 1e-12 of
// the sum of the absolute values. gamma_j = a_j kappa_j / a_i are their shares; kappa_j > 0. The report must
// be of the same data. Throws Error(not_stationary), Error(invalid_size / invalid_value / not_finite).
EmbeddingReport classify_replication(const Dataset& data, const DirectionalReport& narrow, Size neuron,
                                     std::span<const double> kappa, std::span<const double> outputs);

// A neuron (w, a) behind the others that adds nothing on the samples: a = 0 or sigma(w . x_k) = 0 for all k,
// samples of its kink set counting as zeros. Throws Error(invalid_value) when it adds something.
EmbeddingReport classify_added_neuron(const Dataset& data, const DirectionalReport& narrow,
                                      const Tolerances& tolerances, const DirectionalOptions& options,
                                      std::span<const double> weights, double output,
                                      const Execution& execution);

// The whole plateau of a neuron: which splitting coefficients keep the point stationary, and of these which
// give local minima and saddles.
struct DirectionalPlateau {
    PlateauType type = PlateauType::undetermined;  // of the stationary points on it
    GammaRegion stationary = GammaRegion::none;
    GammaRegion minima = GammaRegion::none;
    GammaRegion saddles = GammaRegion::none;
};
DirectionalPlateau directional_plateau(const DirectionalReport& narrow, Size neuron);

}  // namespace tepui
