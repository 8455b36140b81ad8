// A point of the active-set descent: networks of ReLU-like neurons with fixed output weights, whose loss is
// piecewise quadratic in the hidden weights: quadratic while every preactivation keeps its sign, or stays 0
// on the kinks.
#pragma once

#include <optional>
#include <vector>

#include "network/derivatives/kink_sums.hpp"
#include "solve/relu/kink_face.hpp"
#include "solve/start_run.hpp"

namespace tepui {

struct ActivePoint {
    Network network;
    KinkSets kinks;               // K_i; those found within the default tolerance included
    std::vector<KinkFace> faces;  // of every neuron
    KinkValue sums;               // with these sets, with residuals
    Matrix z;                     // m x n preactivations, 0 on the kinks

    // Differences of the loss below this are rounding.
    double loss_noise() const;
    bool loss_vanishes(const Tolerances& tolerances) const;
};

// The point with the given samples held on their kinks: the weights are moved onto the faces. Empty when its
// loss overflows.
std::optional<ActivePoint> active_point(const SolveSetting& setting, Network network, KinkSets held);

// z[i][k] = w_i.x_k for rows of weights.
Matrix all_preactivations(const Dataset& data, const double* weights, Size width);

// A step of all hidden weights, row by row.
using WeightStep = std::vector<double>;

// To the minimum of the loss on the face, as if no other preactivation changed its sign.
struct FaceStep {
    WeightStep step;
    double slope = 0.0;  // derivative of the loss along it, <= 0
};
FaceStep face_newton(const SolveSetting& setting, const ActivePoint& point);

// The largest component of the gradient on the faces, relative to the sum of its absolute terms; 0 where it
// is within its rounding error.
double face_gradient_level(const ActivePoint& point, bool count_rounding);

// The first minimum of the loss along a direction, exactly: a quadratic between any two kinks. Where it lies
// on a kink, the neuron stays on that and the path goes on along it, up to `most_bends` times.
struct PathMinimum {
    WeightStep step;        // to it
    double decrease = 0.0;  // 0: the loss does not fall along it
    KinkSets held;          // the given kinks and those it came to
};
// Preactivations of `held` stay 0, whatever rounding makes of their change.
PathMinimum minimise_along(const SolveSetting& setting, const ActivePoint& point, const WeightStep& direction,
                           KinkSets held, Size most_bends);

// A kink that a neuron should leave because the loss falls on one side of it.
struct Release {
    Size neuron = -1, member = -1;  // -1: none
    double sign = 0.0;              // of the preactivation after it
};
// Every one of them; how far each leads is chosen by its steepness in unit coordinates.
struct Violation {
    Release release;
    double slope = 0.0, steepness = 0.0;  // of the loss per unit of preactivation, of unit coordinates
};
std::vector<Violation> violations(const ActivePoint& point);

}  // namespace tepui
