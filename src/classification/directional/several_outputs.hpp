// ReLU-like networks with several outputs, f_j(x) = sum_i a_ji sigma(w_i . x), loss summed over the outputs
// (MATH.md section 9). With D_ji and psi_ji of each output,
//     S_i(v) = sum_j a_ji D_ji(v);
// stationary: psi_ji = 0 and S_i >= 0. Escape neuron: some v has S_i(v) = 0 and D_ji(v) != 0 for some j. A
// stationary point without escape neurons is a local minimum (proof in MATH.md; arXiv:2402.05626 states it);
// an escape neuron does not always make a saddle.
#pragma once

#include "classification/directional/directional.hpp"
#include "vocabulary/directional.hpp"

namespace tepui {

struct OutputsNeuron {
    std::vector<double> psi, psi_tolerance;  // of each output: dL/da_ji and what counts as zero
    bool psi_zero = true;                    // all of them
    SignAnswer sign;                         // S_i >= 0?
    Answer escape = Answer::undetermined;    // is it an escape neuron?
    // Escape: S_i(direction) = 0, D_ji(direction) = derivatives[j]. Not stationary: S_i(direction) < 0. Empty
    // otherwise.
    std::vector<double> direction, derivatives;
    // Escape: least coefficient of epsilon^2 in the change of the loss along dw = epsilon v, da_j = epsilon
    // b_j; negative: the loss falls. b as chosen.
    double curvature = 0.0;
    std::vector<double> outputs;
};

struct OutputsReport {
    Verdict verdict = Verdict::undetermined;
    OutputsRule rule = OutputsRule::undecided;
    Size deciding_neuron = -1;
    double loss = 0.0;
    std::vector<OutputsNeuron> neurons;
    // For a saddle, and where the point is not stationary. Its parameters are all hidden weights, then the
    // output weights of each output: m d + p m.
    std::optional<Witness> witness;
};

// What is known of one output: the inputs and sample weights with its targets, the hidden weights with its
// output weights.
struct Output {
    const Dataset* data;
    const Network* network;
};
// All outputs have the same inputs, sample weights and hidden weights. Throws Error(invalid_size /
// invalid_value) when they do not fit together, Error(unsupported) for an activation that is not ReLU-like.
OutputsReport classify_several_outputs(std::span<const Output> outputs, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution);

// The same from one data set and one network, whose own targets and output weights do not count: targets
// [n][p], a [p][m], p >= 1.
OutputsReport classify_several_outputs(const Dataset& data, const Network& network, Size p,
                                       const double* targets, const double* a, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution);

// A point of a network of any layout, with the targets of the data: of the squared loss without decay. Ways
// down are in its own parameters. Throws Error(unsupported) for others.
OutputsReport classify_kinked_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                                    const DirectionalOptions& options, const Execution& execution);

}  // namespace tepui
