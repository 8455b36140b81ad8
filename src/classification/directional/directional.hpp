// The verdict on a point of a network of ReLU-like neurons (MATH.md section 9; arXiv:2402.05626): directional
// stationarity neuron by neuron, escape neurons, and the way down where there is one.
#pragma once

#include <optional>

#include "classification/directional/nonnegative.hpp"
#include "classification/escape/witness.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "vocabulary/directional.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui {

struct DirectionalNeuron {
    double output = 0.0;  // a_i
    // psi_i = dL/da_i, what counts as zero, and the sum of absolute terms.
    double psi = 0.0, psi_tolerance = 0.0, psi_magnitude = 0.0;
    bool psi_zero = false;
    Size kinks = 0;         // of K_i
    Size merged_kinks = 0;  // after merging parallel inputs and leaving out those with coefficient zero
    bool identically_zero = false;  // D_i = 0
    SignAnswer sign;                // a_i D_i(v) >= 0 for all v?
    bool escape = false;
    // Escape neuron: D_i(direction) = derivative, clearly not zero. sign.answer = no: a_i D_i(direction) =
    // derivative < 0. Empty otherwise.
    std::vector<double> direction;
    double derivative = 0.0;

    bool stationary() const noexcept { return psi_zero && sign.answer == Answer::yes; }
};

struct DirectionalOptions {
    KinkOptions kinks;  // residuals: kept whatever it says
    SignOptions sign;
};

struct DirectionalReport {
    explicit DirectionalReport(Network network_) : network(std::move(network_)) {}

    Network network;
    Verdict verdict = Verdict::undetermined;
    DirectionalRule rule = DirectionalRule::undecided_neuron;
    Size deciding_neuron = -1;  // the one that the rule is about; -1: all
    bool global = false;        // zero loss
    double kink_tolerance = 0.0;
    Tolerances tolerances;
    KinkValue sums;
    std::vector<DirectionalNeuron> neurons;
    std::optional<Witness> witness;  // for a saddle, and where the point is not stationary

    bool stationary() const noexcept {
        return verdict == Verdict::local_minimum || verdict == Verdict::saddle;
    }
};

// Throws Error(unsupported) for an activation that is not ReLU-like.
DirectionalReport classify_directional(const Dataset& data, const Network& network,
                                       const Tolerances& tolerances, const DirectionalOptions& options,
                                       const Execution& execution);

// ---- Steps ----

DirectionalNeuron directional_neuron(const Dataset& data, const Network& network, const KinkValue& sums,
                                     Size neuron, const Tolerances& tolerances, const SignOptions& options);

// v with |D(v)| > tolerance(v), the clearest of those tried; empty when none is found.
std::vector<double> nonzero_direction(const KinkForm& form);

}  // namespace tepui
