// Points of every branch of a critical set, judged, and searches of each for the best way down and for the
// flattest point.
#pragma once

#include "classification/critical_set/critical_set.hpp"

namespace tepui {

// Of a set whose minimal point and shape are known. given: the data as they are; data: in the coordinates of
// the input space.
void map_branches(const Dataset& given, const Dataset& data, const Tolerances& tolerances,
                  const ReductionTolerances& reduction, const CriticalSetOptions& options,
                  const Execution& execution, CriticalSet& set);

}  // namespace tepui
