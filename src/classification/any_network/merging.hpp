// The reduction of a network at a stationary point: neurons that do the same become one, those that are only
// nearly equal where nothing tells the point from the one in which they are (MATH.md section 7).
#pragma once

#include "classification/point/continuous_symmetry.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "splitting/reduction.hpp"

namespace tepui {

struct MergedNeurons {
    Reduction reduction;
    SymmetryGauge gauge;  // in which its weights are
};
// stationary: whether it is a stationary point that is merged, whose verdict must not change.
MergedNeurons merge_neurons(const Network& network, const Dataset& data, const Tolerances& tolerances,
                            const ReductionTolerances& reduction, bool stationary,
                            const Execution& execution);

}  // namespace tepui
