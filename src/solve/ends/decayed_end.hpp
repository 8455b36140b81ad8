// A start of smooth neurons under weight decay, to a finite point or to infinity: where biases that do not
// decay run off, the neurons are linear in the limit (MATH.md section 13, weight decay).
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

StartReport minimum_or_end_under_decay(const SolveSetting& setting, const Network& start);

}  // namespace tepui
