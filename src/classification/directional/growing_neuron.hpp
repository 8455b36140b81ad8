// Whether a neuron without weights, w = 0 and a = 0, grows against weight decay (MATH.md section 9): along w
// = epsilon v, a = epsilon b the loss changes by epsilon^2 times
//     b . D(v) + (v . Lambda v + lambda |b|^2) / 2,
// least at b = -D / lambda: negative where |D(v)|^2 > lambda v . Lambda v.
#pragma once

#include <optional>

#include "classification/directional/pull_field.hpp"
#include "classification/spectrum/tolerances.hpp"

namespace tepui {

// All weights, of a neuron that decays.
bool at_origin(const KinkedPoint& point, Size neuron);

struct Growth {
    std::vector<double> v, b;
    double coefficient = 0.0;  // of epsilon^2, negative
};
// The steepest found by ascent of |D| from many starts, all of them reproducible. neuron: one at the origin.
std::optional<Growth> find_growth(const KinkedPoint& point, const PullField& field, Size neuron,
                                  const Tolerances& tolerances);

}  // namespace tepui
