// Where one start ends: at a minimum, a saddle or at infinity, as the options ask.
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

// Overflow on the way is an outcome.
StartReport run_start(const SolveSetting& setting, const Network& start);

// Start number `index` of a search, which the seed draws.
StartReport run_numbered_start(const SolveSetting& setting, const Network& prototype, Size index);

}  // namespace tepui
