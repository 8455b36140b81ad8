// Samples from a 2-D .npy array, targets from one of its columns or from a file of their own.
#include "npy_file.hpp"
#include "samples.hpp"
#include "user_error.hpp"

namespace tepui::cli {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
    return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

std::vector<double> read_targets(const std::string& path, std::int64_t count) {
    NpyArray array = read_npy(path);
    const bool column = array.shape.size() == 2 && array.shape[1] == 1;
    if ((array.shape.size() != 1 && !column) || array.shape[0] != count)
        throw UserError(path + ": has shape " + shape_text(array.shape) + " where " + std::to_string(count) +
                        " targets are expected");
    return std::move(array.values);
}

}  // namespace

Samples read_npy_samples(const DataOptions& options) {
    if (options.target.empty() == options.targets_file.empty())
        throw UserError("for .npy data give either --target INDEX or --y FILE.npy");
    const NpyArray array = read_npy(options.file);
    if (array.shape.size() != 2 || array.values.empty())
        throw UserError(options.file + ": has shape " + shape_text(array.shape) +
                        "; a non-empty 2-D array [samples][columns] is expected");
    std::vector<std::string> names;
    for (std::int64_t column = 0; column < array.shape[1]; ++column) names.push_back(std::to_string(column));
    const ColumnChoice choice = choose_columns(options.file, names, options, true);

    Samples samples;
    samples.count = array.shape[0];
    for (const std::size_t column : choice.features) samples.features.push_back(names[column]);
    samples.target = choice.has_target ? names[choice.target] : options.targets_file;
    if (choice.has_weight) samples.weight_column = names[choice.weight];
    samples.x.reserve(std::size_t(samples.count) * choice.features.size());
    for (std::int64_t k = 0; k < samples.count; ++k) {
        const double* row = array.values.data() + k * array.shape[1];
        for (const std::size_t column : choice.features) samples.x.push_back(row[column]);
        if (choice.has_target) samples.y.push_back(row[choice.target]);
        if (choice.has_weight) samples.weights.push_back(row[choice.weight]);
    }
    if (!choice.has_target) samples.y = read_targets(options.targets_file, samples.count);
    return samples;
}

}  // namespace tepui::cli
