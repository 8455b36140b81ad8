#include "cli/data/weight_files.hpp"

#include "cli/data/npy_file.hpp"
#include "cli/data/npy_header.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

Weights read_weights(const std::vector<std::string>& files) {
    NpyArray w = read_npy(files[0]);
    NpyArray a = read_npy(files[1]);
    if (w.shape.size() != 2 || w.shape[1] < 1)
        throw UserError(files[0] + ": has shape " + shape_text(w.shape) +
                        "; a 2-D array [neurons][inputs] of at least one input is expected");
    const bool row = a.shape.size() == 1 || (a.shape.size() == 2 && (a.shape[0] == 1 || a.shape[1] == 1));
    if (!row)
        throw UserError(files[1] + ": has shape " + shape_text(a.shape) +
                        "; a 1-D array [neurons] of output weights is expected");
    if (std::int64_t(a.values.size()) != w.shape[0])
        throw UserError(files[1] + ": holds " + counted(std::int64_t(a.values.size()), "value") + " where " +
                        files[0] + " has " + counted(w.shape[0], "neuron") +
                        (std::int64_t(a.values.size()) == w.shape[1]
                             ? ": is " + files[0] + " transposed? One row per neuron is expected; save W.T"
                             : ""));
    require_finite(w, files[0]);
    require_finite(a, files[1]);
    return {w.shape[0], w.shape[1], std::move(w.values), std::move(a.values)};
}

NetworkHandle make_network(tepui_context* context, const tepui_activation* activation,
                           const Weights& weights) {
    tepui_network* raw = nullptr;
    require(context, tepui_network_create(context, activation, weights.width, weights.inputs,
                                          weights.w.data(), weights.inputs, weights.a.data(), &raw));
    return NetworkHandle(raw);
}

NetworkHandle copy_of(tepui_context* context, const tepui_activation* activation,
                      const tepui_network* network) {
    const std::int64_t width = tepui_network_width(network), inputs = tepui_network_inputs(network);
    const double* w = tepui_network_parameters(network);
    tepui_network* raw = nullptr;
    require(context,
            tepui_network_create(context, activation, width, inputs, w, inputs, w + width * inputs, &raw));
    return NetworkHandle(raw);
}

}  // namespace tepui::cli
