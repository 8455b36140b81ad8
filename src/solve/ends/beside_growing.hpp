// A start whose neurons tell samples apart without bound while all other samples lie in their tails: what is
// left is the same problem without these samples and neurons (MATH.md section 13).
#pragma once

#include "solve/ends/look.hpp"
#include "solve/ends/separated_classes.hpp"

namespace tepui {

struct BesideGrowing {
    std::optional<StartReport> judged;
    Lowest lower;  // that the run may go on from
};
BesideGrowing beside_growing(const SolveSetting& setting, const StartReport& report, const RunFrom& run);

}  // namespace tepui
