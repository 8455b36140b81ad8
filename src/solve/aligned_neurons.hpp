// Neurons of a ReLU-like network that do the same but for their size: gradient flow from small weights brings
// them to common directions, and its plateaus are where all that are aligned act as one.
#pragma once

#include <vector>

#include "network/model/network.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

struct AlignedNeurons {
    Network network;  // of the same width: the first of a group acts for it, the others have w = 0, a = 0
    struct Member {
        Size neuron;
        double share;  // of what the group gives
        double sign;   // -1: of opposite weights (abs)
    };
    std::vector<std::vector<Member>> groups;  // those of two and more, the largest first
};

// Groups of the same directions of w, in the metric, and of a.
AlignedNeurons gather_aligned(const InputMetric& metric, const Network& network);

// Each member becomes its share's root times what acts for its group: the same function, the same decay, and
// stationary where the network is (MATH.md section 9).
void spread_aligned(const AlignedNeurons& aligned, Network& network);

}  // namespace tepui
