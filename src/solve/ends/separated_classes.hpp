// A start whose classes are told apart without bound: what is left is the same problem for the classes that
// are not, whose loss is no larger for any network and which the loss tends to (MATH.md section 13).
#pragma once

#include <functional>

#include "solve/start_run.hpp"

namespace tepui {

// How a start from there ends, of the problem that is left.
using RunFrom = std::function<StartReport(const SolveSetting& setting, const Network& start)>;

// Nothing where no classes are told apart, or what is left found no end; `reason` says which.
std::optional<StartReport> judged_separated(const SolveSetting& setting, const StartReport& report,
                                            const RunFrom& run, std::string& reason);

}  // namespace tepui
