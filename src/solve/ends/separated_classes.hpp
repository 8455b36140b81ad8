// A start whose classes are told apart without bound: what is left is the same problem for the classes that
// are not, whose loss is no larger for any network and which the loss tends to (MATH.md section 13).
#pragma once

#include <functional>

#include "classification/infinity/end_verdict.hpp"
#include "solve/start_run.hpp"

namespace tepui {

// How a start from there ends, of the problem that is left.
using RunFrom = std::function<StartReport(const SolveSetting& setting, const Network& start)>;

// Nothing where no classes are told apart, or what is left found no end; `reason` says which. last: the run
// goes no further, and samples on the border between groups are looked for, too.
std::optional<StartReport> judged_separated(const SolveSetting& setting, const StartReport& report,
                                            const RunFrom& run, bool last, std::string& reason);

// The end at which every class is told from every other.
EndReport all_told_apart(BoundaryNetwork limit, Separation separation);

// Samples whose loss has vanished beside what doubles resolve; empty: none, or the loss is none of classes.
std::vector<bool> samples_told_apart(const Dataset& data, const Network& network);

}  // namespace tepui
