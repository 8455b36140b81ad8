// A network as two .npy files: hidden weights [neurons][inputs] and output weights [neurons].
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/support/handles.hpp"

namespace tepui::cli {

struct Weights {
    std::int64_t width = 0;
    std::int64_t inputs = 0;
    std::vector<double> w;  // [width][inputs]
    std::vector<double> a;
};

// files: W.npy, a.npy. A network of no neurons is W of 0 rows. Throws UserError.
Weights read_weights(const std::vector<std::string>& files);

NetworkHandle make_network(tepui_context* context, const tepui_activation* activation,
                           const Weights& weights);
// One that does not go with what the network is borrowed from.
NetworkHandle copy_of(tepui_context* context, const tepui_activation* activation,
                      const tepui_network* network);

}  // namespace tepui::cli
