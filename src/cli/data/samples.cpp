#include "cli/data/samples.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// "a, b, c, ... (40 more)"
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) text += (i ? ", " : "") + names[i];
    if (names.size() > shown) text += ", ... (" + std::to_string(names.size() - shown) + " more)";
    return text;
}

std::size_t find_column(const std::string& file, const std::vector<std::string>& names,
                        const std::string& name, const char* option, bool indexed) {
    if (indexed) {
        const std::optional<double> number = parse_number(name);
        const double count = double(names.size());
        if (number && *number == std::floor(*number) && *number >= -count && *number < count)
            return std::size_t(*number < 0 ? *number + count : *number);
        throw UserError(file + ": " + option + " " + name + ": expected a column index from 0 to " +
                        std::to_string(names.size() - 1) + " (or -1 for the last)");
    }
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return std::size_t(found - names.begin());
    const bool headless = std::all_of(
        names.begin(), names.end(), [](const std::string& field) { return parse_number(field).has_value(); });
    throw UserError(file + ": no column \"" + name + "\" (" + option + "); " +
                    (headless ? "the first line holds numbers where the column names are expected"
                              : "its columns are " + listed(names)));
}

void check_weights(const DataOptions& options, const Samples& samples) {
    double sum = 0.0;
    for (std::size_t k = 0; k < samples.weights.size(); ++k) {
        sum += samples.weights[k];
        if (samples.weights[k] < 0.0)
            throw UserError(options.file + ": row " + std::to_string(k + 1) + ": sample weight " +
                            significant(samples.weights[k], 6) + " is negative");
    }
    if (!samples.weights.empty() && sum <= 0.0)
        throw UserError(options.file + ": every sample weight is zero");
}

// A sample of weight zero says nothing about the target.
void check_target_varies(const DataOptions& options, const Samples& samples) {
    const auto counts = [&](std::size_t k) { return samples.weights.empty() || samples.weights[k] > 0.0; };
    std::size_t first = 0;
    while (!counts(first)) ++first;
    for (std::size_t k = first + 1; k < samples.y.size(); ++k)
        if (counts(k) && samples.y[k] != samples.y[first]) return;
    const std::string where = options.targets_file.empty() ? options.file : options.targets_file;
    throw UserError(where + ": target \"" + samples.target + "\" is constant (" +
                    significant(samples.y[first], 6) + " in every row): there is nothing to fit");
}

}  // namespace

void Samples::load() {
    if (!file) return;
    x.reserve(std::size_t(count) * features.size());
    for (std::int64_t k = 0; k < count; ++k)
        for (std::size_t j = 0; j < features.size(); ++j) x.push_back(value(k, j));
    file.reset();
}

ColumnChoice choose_columns(const std::string& file, const std::vector<std::string>& names,
                            const DataOptions& options, bool indexed) {
    ColumnChoice choice;
    std::vector<const char*> used(names.size(), nullptr);
    const auto take = [&](std::size_t column, const char* option) {
        if (used[column])
            throw UserError(file + ": column \"" + names[column] + "\" is named twice (" + used[column] +
                            " and " + option + ")");
        used[column] = option;
        return column;
    };
    choice.has_target = !options.target.empty();
    if (choice.has_target)
        choice.target = take(find_column(file, names, options.target, "--target", indexed), "--target");
    choice.has_weight = !options.sample_weights.empty();
    if (choice.has_weight)
        choice.weight = take(find_column(file, names, options.sample_weights, "sample weights", indexed),
                             "sample weights");
    if (!options.features.empty()) {
        for (const std::string& name : split_list(options.features))
            choice.features.push_back(
                take(find_column(file, names, name, "--features", indexed), "--features"));
    } else {
        for (std::size_t column = 0; column < names.size(); ++column)
            if (!used[column]) choice.features.push_back(column);
    }
    if (choice.features.empty()) throw UserError(file + ": no column is left for the inputs");
    for (const std::size_t column : choice.features)
        if (names[column].empty())
            throw UserError(file + ": column " + std::to_string(column + 1) +
                            " has no name (a row index?): name it, or choose the inputs with --features");
    return choice;
}

Samples read_samples(const DataOptions& options) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(options.file, error);
    if (!std::filesystem::exists(status)) throw UserError(options.file + ": no such file");
    if (std::filesystem::is_directory(status))
        throw UserError(options.file + ": is a directory, not a table");
    const bool npy = std::filesystem::path(options.file).extension() == ".npy";
    Samples samples = npy ? read_npy_samples(options) : read_csv_samples(options);
    check_weights(options, samples);
    check_target_varies(options, samples);
    return samples;
}

}  // namespace tepui::cli
