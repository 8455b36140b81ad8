// A layer of a network written out, as the library is given it, and ways down from splits of its neurons.
#pragma once

#include "classification/written_networks.hpp"

namespace tepui::test {

// What the library is given.
struct SeenLayer {
    std::vector<double> h, g;
    Network layer;

    explicit SeenLayer(const WrittenNetwork& network);
    Dataset data() const;
};
LayerReport inspected(const WrittenNetwork& network, const NarrowPoint& narrow, bool exact_zeros);

// The loss falls along the way as predicted, where the step is small. False: at steps so small that the
// prediction holds, the fall is below the rounding of the losses.
bool falls_as_predicted(const WrittenNetwork& network, const LayerReport& report, Size i,
                        const std::vector<double>& gamma);

}  // namespace tepui::test
