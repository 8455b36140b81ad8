// ReLU-like networks with several outputs, f_j(x) = sum_i a_ji sigma(w_i . x) + b_j + (C x)_j, of any convex
// loss (MATH.md section 9). With D_ji and psi_ji of each output,
//     S_i(v) = sum_j a_ji D_ji(v);
// stationary: psi_ji = 0 and S_i >= 0. Escape neuron: some v has S_i(v) = 0 and D_ji(v) != 0 for some j. A
// stationary point without escape neurons is a local minimum (proof in MATH.md; arXiv:2402.05626 states it);
// an escape neuron does not always make a saddle: the Hessian on the faces of the kinks tells.
#pragma once

#include "classification/directional/directional.hpp"
#include "vocabulary/directional.hpp"

namespace tepui {

struct OutputsNeuron {
    std::vector<double> psi, psi_tolerance;  // of each output: dL/da_ji and what counts as zero
    bool psi_zero = true;                    // all of them
    Size kinks = 0;                          // of K_i
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

// What the smooth loss on the faces of the kinks says: every w_i moves where the samples of K_i stay at their
// kinks, symmetries of the loss left out.
struct FaceReport {
    Size dimension = 0, negative = 0, zero = 0;  // eigenvalues of its Hessian
    // Of the zero ones, where all are one of these: along so many dimensions neither outputs nor decayed
    // parameters move, and in so many neurons of equal sides turn into one another (turns.hpp).
    Size still = 0, turned = 0;
    double lambda_min = 0.0, tolerance = 0.0;  // within which one of it counts as zero
    bool strict = false;  // every neuron's kinks hold it, S_i > 0 off its face, by more than tolerances
};

struct OutputsReport {
    Verdict verdict = Verdict::undetermined;
    OutputsRule rule = OutputsRule::undecided;
    Size deciding_neuron = -1;
    double loss = 0.0, kink_tolerance = 0.0;
    std::vector<OutputsNeuron> neurons;
    std::optional<FaceReport> face;  // where it was asked
    // For a saddle, and where the point is not stationary, in the parameters of the network.
    std::optional<Witness> witness;
};

// A point of a network of any layout with the targets of the data, of a convex loss. Throws
// Error(unsupported) for others.
OutputsReport classify_kinked_model(const Dataset& data, const Network& network, const Tolerances& tolerances,
                                    const DirectionalOptions& options, const Execution& execution);

// The same of the squared loss from one data set and one network, whose own targets and output weights do not
// count: targets [n][p], a [p][m], p >= 1. Parameters of ways down are all hidden weights, then the output
// weights of each output: m d + p m.
OutputsReport classify_several_outputs(const Dataset& data, const Network& network, Size p,
                                       const double* targets, const double* a, const Tolerances& tolerances,
                                       const DirectionalOptions& options, const Execution& execution);

}  // namespace tepui
