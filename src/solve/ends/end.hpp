// A start that ran off: its limit is recognised, brought to rest and judged; where it has a way down, the
// search goes on from there (MATH.md section 13).
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

// The minimum that a start leads to, or the end at infinity that it tends to. Diverging where its limit is
// not recognised, with the reason.
StartReport minimum_or_end(const SolveSetting& setting, const Network& start);

}  // namespace tepui
