// A network as arrays in .npy files, or in one .npz archive.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/data/npz_file.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

// f_o(x) = sum_i a_io sigma(w_i . x) + b_o + (C x)_o
struct Weights {
    std::int64_t width = 0;
    std::int64_t inputs = 0;
    std::int64_t outputs = 1;
    std::vector<double> w;  // [width][inputs]
    std::vector<double> a;  // [width][outputs]
    std::vector<double> b;  // [outputs], or empty: no output bias
    std::vector<double> c;  // [outputs][inputs], as read also without the bias, or empty: no skip connections

    std::vector<double> parameters() const;  // w, a, b, c
};

// files: W.npy, a.npy, then b.npy (one axis) and C.npy (two axes) where the network has them; or NET.npz with
// arrays of these names. A network of no neurons is W of 0 rows. Throws UserError.
Weights read_weights(const std::vector<std::string>& files);

// As .npy files: a has one axis where there is one output.
std::vector<NpzMember> arrays_of(const Weights& weights);

NetworkHandle make_network(tepui_context* context, const tepui_activation* activation,
                           const Weights& weights);
Weights weights_of(const tepui_network* network);
// One that does not go with what the network is borrowed from.
NetworkHandle copy_of(tepui_context* context, const tepui_activation* activation,
                      const tepui_network* network);

}  // namespace tepui::cli
