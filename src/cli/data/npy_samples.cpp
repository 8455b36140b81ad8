// Samples from a 2-D .npy array, targets from one of its columns or from a file of their own.
#include <cmath>

#include "cli/data/npy_file.hpp"
#include "cli/data/samples.hpp"
#include "cli/support/user_error.hpp"

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

// As read_npy says it.
double checked_value(const MappedNpy& file, const std::string& path, std::int64_t row, std::size_t column) {
    const double value = file.value(row, std::int64_t(column));
    if (std::isfinite(value)) return value;
    throw UserError(path + ": the value at [" + std::to_string(row) + ", " + std::to_string(column) +
                    "] is not a finite number");
}

void check_features(const Samples& samples, const std::string& path) {
    for (std::int64_t k = 0; k < samples.count; ++k)
        for (std::size_t j = 0; j < samples.features.size(); ++j)
            checked_value(*samples.file, path, k, std::size_t(samples.first_column) + j);
}

bool neighbours(const std::vector<std::size_t>& columns) {
    for (std::size_t j = 1; j < columns.size(); ++j)
        if (columns[j] != columns[j - 1] + 1) return false;
    return true;
}

}  // namespace

Samples read_npy_samples(const DataOptions& options) {
    if (options.target.empty() == options.targets_file.empty())
        throw UserError("for .npy data give either --target INDEX or --y FILE.npy");
    const std::shared_ptr<const MappedNpy> mapped = MappedNpy::open(options.file);
    NpyArray array;
    if (mapped)
        array.shape = {mapped->rows(), mapped->columns()};
    else
        array = read_npy(options.file);
    if (array.shape.size() != 2 || array.shape[0] * array.shape[1] == 0)
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
    const auto value = [&](std::int64_t row, std::size_t column) {
        return mapped ? checked_value(*mapped, options.file, row, column)
                      : array.values[std::size_t(row * array.shape[1]) + column];
    };
    const bool in_place = mapped && neighbours(choice.features);
    if (in_place) {
        samples.file = mapped;
        samples.first_column = std::int64_t(choice.features.front());
        check_features(samples, options.file);
    } else {
        samples.x.reserve(std::size_t(samples.count) * choice.features.size());
    }
    for (std::int64_t k = 0; k < samples.count; ++k) {
        for (const std::size_t column : choice.features)
            if (!in_place) samples.x.push_back(value(k, column));
        if (choice.has_target) samples.y.push_back(value(k, choice.target));
        if (choice.has_weight) samples.weights.push_back(value(k, choice.weight));
    }
    if (!choice.has_target) samples.y = read_targets(options.targets_file, samples.count);
    return samples;
}

}  // namespace tepui::cli
