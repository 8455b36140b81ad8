#include "cli/data/weight_files.hpp"

#include <algorithm>
#include <utility>

#include "cli/data/npy_file.hpp"
#include "cli/data/npy_header.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

namespace {

struct Source {
    std::string path;
    NpyArray array;
};

Source read_source(const std::string& path) {
    return {path, read_npy(path)};
}

// Once their shape is right.
std::vector<double> finite_values(Source& source) {
    require_finite(source.array, source.path);
    return std::move(source.array.values);
}

[[noreturn]] void refuse_shape(const Source& source, const std::string& expected) {
    throw UserError(source.path + ": has shape " + shape_text(source.array.shape) + "; " + expected +
                    " is expected");
}

// [outputs]; 0: the shape is that of no output weights.
std::int64_t outputs_of(const std::vector<std::int64_t>& shape, std::int64_t width) {
    const auto first = shape.empty() ? 0 : shape[0];
    if (shape.size() == 1) return first == width ? 1 : 0;
    if (shape.size() != 2) return 0;
    if (first == width) return shape[1];
    return first == 1 && shape[1] == width ? 1 : 0;  // a row
}

void take_output_weights(Source source, const std::string& w_path, Weights& weights) {
    const std::vector<std::int64_t>& shape = source.array.shape;
    weights.outputs = outputs_of(shape, weights.width);
    const auto count = std::int64_t(source.array.values.size());
    if (weights.outputs < 1) {
        if (shape.size() > 1 && shape[1] == weights.width)
            refuse_shape(source, "one row for each of the " + counted(weights.width, "neuron") +
                                     " (it looks transposed: save a.T)");
        if (shape.size() != 1)
            refuse_shape(source, "a 1-D array [neurons] of output weights, or [neurons][outputs],");
        throw UserError(source.path + ": holds " + counted(count, "value") + " where " + w_path + " has " +
                        counted(weights.width, "neuron") +
                        (count == weights.inputs
                             ? ": is " + w_path + " transposed? One row per neuron is expected; save W.T"
                             : ""));
    }
    weights.a = finite_values(source);
}

void take_output_biases(Source source, Weights& weights) {
    if (std::int64_t(source.array.values.size()) != weights.outputs)
        refuse_shape(source, "an array of " + std::to_string(weights.outputs) + " output bias" +
                                 (weights.outputs == 1 ? "" : "es"));
    weights.b = finite_values(source);
}

void take_skip(Source source, Weights& weights) {
    const std::vector<std::int64_t>& shape = source.array.shape;
    const bool fits = shape.size() == 2 && shape[0] == weights.outputs && shape[1] > 0 &&
                      (shape[1] == weights.inputs || shape[1] == weights.inputs - 1);
    if (!fits)
        refuse_shape(source, "an array [outputs][inputs], " + shape_text({weights.outputs, weights.inputs}) +
                                 " (or without the column of the bias), of skip connections");
    weights.c = finite_values(source);
}

// NET.npz as the paths of its arrays.
std::vector<std::string> paths_in(const std::string& archive) {
    const std::vector<std::string> names = npz_names(archive);
    const auto has = [&](const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::string there;
    for (std::size_t l = 0; l < std::min<std::size_t>(names.size(), 20); ++l)
        there += (l ? ", " : "") + names[l];
    for (const char* name : {"W", "a"})
        if (!has(name))
            throw UserError(
                archive + ": has no array \"" + name +
                "\"; a network's are W and a, with b and C where there are output biases and skip "
                "connections; there " +
                (names.empty() ? "are none" : "are " + there));
    std::vector<std::string> paths;
    for (const char* name : {"W", "a", "b", "C"})
        if (has(name)) paths.push_back(archive + ":" + name);
    return paths;
}

}  // namespace

Weights read_weights(const std::vector<std::string>& files) {
    if (files.size() == 1) return read_weights(paths_in(files[0]));
    Source w = read_source(files[0]), a = read_source(files[1]);
    if (w.array.shape.size() != 2 || w.array.shape[1] < 1)
        refuse_shape(w, "a 2-D array [neurons][inputs] of at least one input");
    Weights weights;
    weights.width = w.array.shape[0];
    weights.inputs = w.array.shape[1];
    take_output_weights(std::move(a), files[0], weights);
    weights.w = finite_values(w);
    for (std::size_t l = 2; l < files.size(); ++l) {
        Source more = read_source(files[l]);
        const bool skip = more.array.shape.size() == 2;
        if (!(skip ? weights.c : weights.b).empty())
            throw UserError(more.path + ": is the second array of " +
                            (skip ? "two axes (skip connections)" : "one axis (output biases)") + " behind " +
                            files[1]);
        if (skip)
            take_skip(std::move(more), weights);
        else
            take_output_biases(std::move(more), weights);
    }
    return weights;
}

std::vector<double> Weights::parameters() const {
    std::vector<double> all;
    for (const std::vector<double>* part : {&w, &a, &b, &c})
        all.insert(all.end(), part->begin(), part->end());
    return all;
}

std::vector<NpzMember> arrays_of(const Weights& weights) {
    std::vector<std::int64_t> of_outputs{weights.width};
    if (weights.outputs > 1) of_outputs.push_back(weights.outputs);
    std::vector<NpzMember> arrays{{"W", npy_content({weights.width, weights.inputs}, weights.w.data())},
                                  {"a", npy_content(of_outputs, weights.a.data())}};
    if (!weights.b.empty()) arrays.push_back({"b", npy_content({weights.outputs}, weights.b.data())});
    if (!weights.c.empty())
        arrays.push_back({"C", npy_content({weights.outputs, weights.inputs}, weights.c.data())});
    return arrays;
}

NetworkHandle make_network(tepui_context* context, const tepui_activation* activation,
                           const Weights& weights) {
    const tepui_model_flags flags = (weights.b.empty() ? TEPUI_MODEL_PLAIN : TEPUI_MODEL_OUTPUT_BIAS) |
                                    (weights.c.empty() ? TEPUI_MODEL_PLAIN : TEPUI_MODEL_SKIP);
    tepui_network* raw = nullptr;
    require(context, tepui_network_create_model(context, activation, weights.width, weights.inputs,
                                                weights.outputs, flags, weights.parameters().data(), &raw));
    return NetworkHandle(raw);
}

Weights weights_of(const tepui_network* network) {
    Weights weights;
    weights.width = tepui_network_width(network);
    weights.inputs = tepui_network_inputs(network);
    weights.outputs = tepui_network_outputs(network);
    const tepui_model_flags flags = tepui_network_flags(network);
    const double* next = tepui_network_parameters(network);
    const auto take = [&](std::int64_t rows, std::int64_t columns) {
        const double* const first = std::exchange(next, next + rows * columns);
        return std::vector<double>(first, next);
    };
    weights.w = take(weights.width, weights.inputs);
    weights.a = take(weights.width, weights.outputs);
    if ((flags & TEPUI_MODEL_OUTPUT_BIAS) != 0) weights.b = take(1, weights.outputs);
    if ((flags & TEPUI_MODEL_SKIP) != 0) weights.c = take(weights.outputs, weights.inputs);
    return weights;
}

NetworkHandle copy_of(tepui_context* context, const tepui_activation* activation,
                      const tepui_network* network) {
    return make_network(context, activation, weights_of(network));
}

}  // namespace tepui::cli
