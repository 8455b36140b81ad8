// One look for the limit that a run tends to: what it may become is brought to rest and judged (MATH.md
// section 13).
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/tried_limits.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// Of networks the one with the least loss.
struct Lowest {
    std::optional<Network> network;
    double loss = HUGE_VAL;
    void offer(const SolveSetting& setting, Network next);
};

// highest: the loss of the run, with what rounding may have taken from it.
struct Look {
    bool on_the_way;  // only what is known counts then: the run finds the rest later
    double highest;
    Size budget;  // iterations on boundaries that are left
    std::string reason = "no limit that is known fits";
    Lowest lowest = {};  // where limits lead that are not at rest, or not for certain
    TriedLimits tried = {};

    // A limit at rest that lies above is none of the run's.
    double hopeless() const { return highest + 1e-3 * std::abs(highest); }
};

double highest_loss(const SolveSetting& setting, const Network& point);

// Of the limits that the network may tend to the best known.
std::optional<EndReport> best_end(const SolveSetting& setting, const Network& point, Look& look);

}  // namespace tepui
