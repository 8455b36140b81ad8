// A point of the active-set descent: a network of ReLU-like neurons whose loss is smooth in all parameters
// while every preactivation keeps its sign, or stays 0 on the kinks. Of one output under the squared loss it
// is quadratic there, without decay.
#pragma once

#include <optional>
#include <vector>

#include "network/derivatives/kink_sums.hpp"
#include "solve/relu/kink_face.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// A neuron's part of the gradient, S(v) = slope.v + beta sum c_k |v.x_k|: summed over the outputs with its
// output weights, and what decay pulls.
struct NeuronPull {
    std::vector<double> slope, slope_magnitude, slope_rounding;  // d
    std::vector<double> coefficients, coefficient_rounding;      // of each kink
};

struct ActivePoint {
    Network network;
    KinkSets kinks;               // K_i; those found within the default tolerance included
    std::vector<KinkFace> faces;  // of every neuron
    KinkValue sums;               // with these sets, with residuals; without decay
    double loss = 0.0;            // with decay
    std::vector<NeuronPull> pulls;
    Matrix z;  // m x n preactivations, 0 on the kinks
    // The loss does not feel what all outputs share; then the output layer must share nothing.
    bool shared_shift = false;
    // A constant input whose weights nothing holds: on a neuron that is linear on every sample it does what
    // the output bias does. -1: none, or no output bias.
    Size spare_bias = -1;
    Decay decay;

    // Differences of the loss below this are rounding.
    double loss_noise() const;
};

// The point with the given samples held on their kinks: the weights are moved onto the faces. Empty when its
// loss overflows.
std::optional<ActivePoint> active_point(const SolveSetting& setting, Network network, KinkSets held);

// Of one output under the squared loss without decay: output weights stay, and on a straight line between two
// kinks the loss is the parabola that its derivatives say.
bool is_piecewise_quadratic(const SolveSetting& setting);

// z[i][k] = w_i.x_k for rows of weights.
Matrix all_preactivations(const Dataset& data, const double* weights, Size width);

// A step of all parameters.
using ParameterStep = std::vector<double>;

// The largest component of the gradient on the faces, relative to the sum of its absolute terms; 0 where it
// is within so many times its rounding error.
double face_gradient_level(const ActivePoint& point, double roundings);

// The first minimum of the loss along a direction, between any two kinks by its second-order expansion, exact
// where it is piecewise quadratic. Where it lies on a kink, the neuron stays on that and the path goes on
// along it, up to `most_bends` times; no farther than `longest` times the direction.
struct PathMinimum {
    ParameterStep step;     // to it
    double length = 0.0;    // of the path, in times the direction
    double decrease = 0.0;  // 0: the loss does not fall along it
    KinkSets held;          // the given kinks and those it came to
};
// Preactivations of `held` stay 0, whatever rounding makes of their change.
PathMinimum minimise_along(const SolveSetting& setting, const ActivePoint& point,
                           const ParameterStep& direction, KinkSets held, Size most_bends, double longest);

// A kink that a neuron should leave because the loss falls on one side of it.
struct Release {
    Size neuron = -1, member = -1;  // -1: none
    double sign = 0.0;              // of the preactivation after it
};
// Every one of them; how far each leads is chosen by its steepness in unit coordinates.
struct Violation {
    Release release;
    double slope = 0.0, steepness = 0.0;  // of the loss per unit of preactivation, of unit coordinates
    double terms = 0.0;                   // the absolute ones of the slope
};
std::vector<Violation> violations(const ActivePoint& point);

}  // namespace tepui
