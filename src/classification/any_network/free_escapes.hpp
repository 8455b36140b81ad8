// Ways down from null neurons and cancelled groups (MATH.md section 5).
#pragma once

#include "classification/any_network/compressed_hessian.hpp"

namespace tepui {

// Unmeasured curves of the wide network that leave through one group without a parent. context: of the
// network with free neurons, `neuron` that of the group.
std::vector<Witness> free_escapes(const PointOnData& context, const Lift& lift, const NeuronGroup& group,
                                  const FreeGroup& report, Size neuron);

}  // namespace tepui
