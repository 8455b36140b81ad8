#include "cli/data/weight_files.hpp"

#include "cli/data/npy_file.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

Weights read_weights(const std::vector<std::string>& files) {
    NpyArray w = read_npy(files[0]);
    NpyArray a = read_npy(files[1]);
    if (w.shape.size() != 2 || w.shape[1] < 1)
        throw UserError(files[0] + ": a 2-D array [neurons][inputs] of at least one input is expected");
    if (std::int64_t(a.values.size()) != w.shape[0] || a.shape.empty() || a.shape.size() > 2)
        throw UserError(files[1] + ": holds " + counted(std::int64_t(a.values.size()), "value") + " where " +
                        files[0] + " has " + counted(w.shape[0], "neuron"));
    return {w.shape[0], w.shape[1], std::move(w.values), std::move(a.values)};
}

NetworkHandle make_network(tepui_context* context, const tepui_activation* activation,
                           const Weights& weights) {
    tepui_network* raw = nullptr;
    require(context, tepui_network_create(context, activation, weights.width, weights.inputs,
                                          weights.w.data(), weights.inputs, weights.a.data(), &raw));
    return NetworkHandle(raw);
}

void write_weights(const std::string& stem, std::int64_t width, std::int64_t inputs,
                   const double* parameters) {
    write_npy(stem + "_W.npy", {width, inputs}, parameters);
    write_npy(stem + "_a.npy", {width}, parameters + width * inputs);
}

}  // namespace tepui::cli
