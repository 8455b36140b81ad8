// Groups of neurons that add nothing to the function: null neurons and groups whose output weights cancel
// (MATH.md sections 4, 7). At a stationary point psi = 0 at their weights, and grad psi = 0 too unless the
// neuron is null.
#pragma once

#include <optional>

#include "classification/any_network/grouping.hpp"
#include "classification/point/parts.hpp"

namespace tepui {

struct FreeGroup {
    Verdict verdict = Verdict::undetermined;  // local_minimum: it does not matter to the outputs nearby
    Rule rule = Rule::degenerate_hessian;
    // How psi leaves zero at its weights; empty when it is not known to.
    std::optional<PsiDirection> leave;
    bool slope = false;                       // grad psi is not zero: order 1
    SpectralReport psi;                       // of Hess psi; empty at zero loss, where psi = 0 everywhere
    std::vector<std::vector<double>> kernel;  // null vectors of Hess psi that span its null space
    bool clear = false;                       // slope and inertia do not hang on the last digits
};

// The narrow network with one neuron of output weight zero for each group without a parent: the same
// function.
Network with_free_neurons(const Network& narrow, const Grouping& grouping);

// context: of the network above. least: the rule by which no network nearby has a smaller loss, where that is
// known.
std::vector<FreeGroup> classify_free_groups(const PointOnData& context, const Grouping& grouping,
                                            std::optional<Rule> least);

}  // namespace tepui
