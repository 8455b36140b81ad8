#include "classification/any_network/merging.hpp"

#include "classification/point/cost_model.hpp"
#include "classification/point/parts.hpp"

namespace tepui {
namespace {

// Neurons this near to one another are equal but for rounding.
constexpr double kRounding = 1e-14;
// Merging changes the function by the square of their distance: beyond this by more than rounding.
constexpr double kSecondOrder = 1.5e-8;

// Neurons that do the same up to a factor have equal weights in another gauge; the given one is kept where
// that merges none.
MergedNeurons merge_across_symmetry(const Network& network, const Dataset& data,
                                    const ReductionTolerances& tolerances, const Execution& execution) {
    MergedNeurons as_given{reduce(network, &data, tolerances, execution), {}};
    Network fixed = network;
    SymmetryGauge gauge = fix_gauge(data, fixed, execution);
    if (gauge.given()) return as_given;
    Reduction reduction = reduce(fixed, &data, tolerances, execution);
    if (reduction.narrow.width >= as_given.reduction.narrow.width) return as_given;
    return {std::move(reduction), std::move(gauge)};
}

// Whether a network whose neurons are nearly equal is told from the one in which they are merged: the
// functions differ beyond rounding, its own Hessian has no zero eigenvalue but by structure, or the merged
// one is not stationary.
bool told_apart(double spread, const Dataset& data, const Network& apart, const Network& merged,
                const Tolerances& tolerances, const Execution& execution) {
    if (spread > kSecondOrder) return true;
    PointReport point;
    if (merged.width > 0 && !stationarity(gradient(data, merged, execution), tolerances, point)) return true;
    if (apart.parameter_count() > kLargestDenseHessian) return false;
    const PointOnData own(data, apart, tolerances, execution, PointOnData::SecondOrder::dense);
    own.know_least({});
    return index_is_known(own.spectrum(), explained_zeros(own, own.spectrum()));
}

}  // namespace

MergedNeurons merge_neurons(const Network& network, const Dataset& data, const Tolerances& tolerances,
                            const ReductionTolerances& reduction, bool stationary,
                            const Execution& execution) {
    MergedNeurons within = merge_across_symmetry(network, data, reduction, execution);
    if (!stationary || within.reduction.weight_spread == 0.0 || reduction.weights <= kRounding) return within;
    ReductionTolerances exact = reduction;
    exact.weights = kRounding;
    MergedNeurons equal = merge_across_symmetry(network, data, exact, execution);
    const Network& apart = equal.reduction.narrow;
    if (apart.width == within.reduction.narrow.width || apart.width == 0) return within;
    return told_apart(within.reduction.weight_spread, data, apart, within.reduction.narrow, tolerances,
                      execution)
               ? std::move(equal)
               : std::move(within);
}

}  // namespace tepui
