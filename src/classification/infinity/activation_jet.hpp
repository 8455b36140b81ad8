// Derivatives of higher order than activations give themselves: what three neurons that meet are made of.
#pragma once

#include "network/model/activation.hpp"

namespace tepui {

inline constexpr int kJetOrder = 4;

// Whether sigma's first kJetOrder derivatives are known: of analytic activations that are built in.
bool has_jet(const Activation& activation);
// sigma(z) and its derivatives at z, [0..kJetOrder]. Of activations that have a jet.
void jet_at(const Activation& activation, double z, double* of);

}  // namespace tepui
