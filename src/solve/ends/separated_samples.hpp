// A start of ReLU-like neurons whose outputs grow without bound on some samples, which they tell from the
// other classes, and are 0 on all others: what is left is the same problem without these samples (MATH.md
// section 13).
#pragma once

#include "solve/ends/separated_classes.hpp"

namespace tepui {

// Nothing where no samples are told apart so, or what is left has come to no point.
std::optional<StartReport> judged_without_samples(const SolveSetting& setting, const StartReport& report,
                                                  const RunFrom& run);

// Whether the loss of classes pulls some sample by no more than tolerances of the whole see.
bool has_idle_samples(const SolveSetting& setting, const Network& point);

}  // namespace tepui
