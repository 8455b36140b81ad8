// Plateaus of a loss curve: stretches where the loss falls slowly between stretches where it falls fast.
#pragma once

#include <vector>

#include "solve/gradient_flow.hpp"

namespace tepui {

struct Plateau {
    std::size_t begin = 0, end = 0;  // points of the curve, both included
    std::size_t slowest = 0;         // where the loss falls slowest: nearest to the stationary point
    double rate = 0.0;               // -dL/dt there
};

// The rate of descent -dL/dt is a curve with peaks and valleys; a valley is a plateau when the rate is at
// least `contrast` times higher on both sides of it (the ends of the curve have one side) and the loss
// falls by `least_fall` of the first loss between any two. In order of time.
std::vector<Plateau> find_plateaus(const std::vector<FlowPoint>& curve, double contrast, double least_fall);

}  // namespace tepui
