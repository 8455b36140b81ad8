// The limit that neurons tend to once it is said what each becomes.
#pragma once

#include <optional>

#include "classification/infinity/boundary_network.hpp"
#include "solve/ends/neurons.hpp"

namespace tepui {

struct Role {
    UnitKind kind = UnitKind::neuron;
    std::vector<Size> others;  // the neurons that it meets
    std::vector<Size> kept;
    bool operator==(const Role&) const = default;
};

std::optional<BoundaryNetwork> limit_of(const Neurons& neurons, const std::vector<Role>& roles);

}  // namespace tepui
