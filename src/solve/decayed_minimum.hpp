// The minimum that a start of smooth neurons comes to under weight decay, which holds the weights.
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

// Neurons that decay takes to w = 0 and a = 0, which a descent only comes near to, are put there where the
// loss does not grow (their mean goes to the output bias); the descent goes on from there, where they are
// saddles they grow again.
StartReport minimum_under_decay(const SolveSetting& setting, const Network& start);

// Neurons that decay has left nothing of but for their biases, which may be any, where they say nothing
// whatever the sum of the pulls is rounded to, if the activation has such a place: a line of stationary
// points leads there.
void switch_idle_off(const Decay& decay, Network& network);

}  // namespace tepui
