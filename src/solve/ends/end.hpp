// A start that ran off: its limit is recognised, brought to rest and judged; where it has a way down, the
// search goes on from there (MATH.md section 13).
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

// A start that ended otherwise comes back as it is, and so does one whose limit is not recognised, with the
// reason.
StartReport judged_at_infinity(const SolveSetting& setting, StartReport report);

}  // namespace tepui
