#include "classification/critical_set/branch_content.hpp"

namespace tepui {

// In width M > r some neuron is split, and any one of them may be the only one.
BranchContent splits_content(const Analysis& narrow) {
    bool minima = false, saddles = false, all_saddles = true, all_minima = true;
    for (const NeuronReport& neuron : narrow.neurons) {
        // Gammas of one sign by the fourth order may be none; those with a zero or of second order are there.
        minima = minima ||
                 (neuron.minima != GammaRegion::none && neuron.minima != GammaRegion::fourth_order_positive);
        saddles = saddles || (neuron.saddles != GammaRegion::none &&
                              (neuron.saddles != GammaRegion::fourth_order_negative ||
                               neuron.definiteness != Definiteness::zero || neuron.fourth->effective));
        all_minima = all_minima && neuron.minima == GammaRegion::everywhere;
        all_saddles = all_saddles && neuron.saddles == GammaRegion::everywhere;
    }
    if (all_minima) return BranchContent::local_minima;
    if (all_saddles) return BranchContent::saddles;
    if (minima && saddles) return BranchContent::minima_and_saddles;
    if (minima) return BranchContent::some_minima;
    return saddles ? BranchContent::some_saddles : BranchContent::undetermined;
}

Meeting meeting_at(Definiteness inner_hessian) {
    switch (inner_hessian) {
        case Definiteness::indefinite:
            return Meeting::yes;
        case Definiteness::positive_definite:
        case Definiteness::negative_definite:
            return Meeting::no;
        default:
            return Meeting::undetermined;
    }
}

BranchContent content_of(const CriticalSet& set, Size null_neurons, bool psi_is_nonzero) {
    if (set.minimal.global) return BranchContent::global_minima;
    if (set.minimal.least && null_neurons == 0) return BranchContent::local_minima;
    if (set.unclear) return BranchContent::undetermined;
    if (set.verdict == Verdict::saddle) return BranchContent::saddles;
    if (null_neurons > 0) return psi_is_nonzero ? BranchContent::saddles : BranchContent::undetermined;
    if (set.shape.wide_width > set.shape.narrow_width) return set.splits;
    return set.verdict == Verdict::local_minimum ? BranchContent::local_minima : BranchContent::undetermined;
}

}  // namespace tepui
