// A network of a run as a limit in which nothing runs off.
#pragma once

#include "classification/infinity/end_verdict.hpp"
#include "solve/start_run.hpp"

namespace tepui {

BoundaryNetwork own_limit(const SolveSetting& setting, const Network& network);

// The verdict on a point of ReLU-like neurons as such a limit.
EndReport kinked_end(const SolveSetting& setting, const StartReport& found);

}  // namespace tepui
