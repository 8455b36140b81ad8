// How results are told: found at unit scale and, where a network was reduced, in coordinates of the space
// that the inputs span, they are given in the caller's units and inputs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "classification/any_network/any_network.hpp"
#include "network/data/unit_scale.hpp"

namespace tepui {

// The verdict on a network that was reduced; kept by all that is told by way of it.
struct Whole {
    NetworkReport report;  // without the analysis of the narrow network
    UnitScale scale;

    // Some group is not a neuron alone.
    bool reduced() const;
};

struct Telling {
    UnitScale scale;
    std::shared_ptr<const Whole> whole = nullptr;  // null: the network analysed is the one that was given

    double loss(double unit) const { return scale.given_loss(unit); }
    Network network(Network unit) const;
    Witness witness(const Witness& unit) const;
};

// A network that the analysis of `whole` is about, with these of its neurons split, in the inputs of the
// network that was given. Throws Error(numeric) where the samples that are set apart cannot be kept fitted.
Network in_inputs_of(const Whole& whole, Network analysed, const std::vector<NeuronSplit>& splits);

// The point of a way down, told already, at epsilon >= 0, as a network in the inputs that were given. splits:
// neurons of the analysed network that are split on the way.
Network point_on(const Witness& told, const Telling& telling, const std::vector<NeuronSplit>& splits,
                 double epsilon);

}  // namespace tepui
