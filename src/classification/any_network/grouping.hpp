// A network as groups of neurons with equal weights: the parents of its narrow network with their daughters,
// and the groups that add nothing to its function (MATH.md sections 4, 7). Unlike in a reduction, idle
// neurons with an output weight count as daughters of a parent with zero weights: their parameters matter to
// the Hessian.
#pragma once

#include <span>
#include <vector>

#include "splitting/reduction.hpp"
#include "splitting/split.hpp"
#include "vocabulary/networks.hpp"

namespace tepui {

struct NeuronGroup {
    GroupKind kind = GroupKind::parent;
    Size parent = -1;             // neuron of the narrow network; -1: none
    std::vector<Size> members;    // neurons of the wide network, ascending
    std::vector<int> signs;       // -1: the mirror image of the group's weights (network/model/mirror.hpp)
    std::vector<double> outputs;  // of the members, turned to the group's orientation
    std::vector<double> gamma;    // outputs over their sum; empty without a parent
    std::vector<double> weights;  // without a parent: those of the group
};

struct Grouping {
    Network narrow;
    std::vector<NeuronGroup> groups;  // one for each narrow neuron, in order, then the others
    Size wide_width = 0;

    std::span<const NeuronGroup> parents() const { return std::span(groups).first(narrow.width); }
    std::span<const NeuronGroup> others() const { return std::span(groups).subspan(narrow.width); }

  private:
};

// tolerance: that of the sum of a group's output weights, as in the reduction.
Grouping group_neurons(const Reduction& reduction, double tolerance);

// Several neurons of one network split at once, the daughters of each in its place. A neuron that is not
// split is its own daughter. Throws Error(invalid_size / invalid_value) for a neuron out of range or split
// twice, or a bad gamma.
Grouping group_splits(const Network& network, std::span<const NeuronSplit> splits);

// The network that a grouping describes.
Network wide_network(const Grouping& grouping);

}  // namespace tepui
