#include "cli/data/samples.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "cli/data/npz_file.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/ranks.hpp"
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
    if (found == names.end())
        throw UserError(file + ": no column \"" + name + "\" (" + option + "); its columns are " +
                        listed(names));
    if (std::find(found + 1, names.end(), name) != names.end())
        throw UserError(file + ": two columns are called \"" + name + "\" (" + option + ")");
    return std::size_t(found - names.begin());
}

// Of the columns that are used, all without a name of their own.
void check_names(const std::string& file, const std::vector<std::string>& names,
                 const std::vector<std::size_t>& used) {
    std::map<std::string_view, std::size_t> seen;
    for (const std::size_t column : used) {
        if (names[column].empty())
            throw UserError(file + ": column " + std::to_string(column + 1) +
                            " has no name (a row index?): name it, or choose the inputs with --features");
        if (!seen.emplace(names[column], column).second)
            throw UserError(file + ": two columns are called \"" + names[column] +
                            "\": rename one, or choose the inputs with --features");
    }
}

void choose_categories(const std::string& file, const std::vector<std::string>& names,
                       const DataOptions& options, bool indexed, ColumnChoice& choice) {
    choice.categories.assign(choice.features.size(), 0);
    if (options.categorical.empty()) return;
    for (const std::string& name : split_list(options.categorical)) {
        const std::size_t column = find_column(file, names, name, "--categorical", indexed);
        const auto found = std::find(choice.features.begin(), choice.features.end(), column);
        if (found == choice.features.end())
            throw UserError(file + ": --categorical " + name + ": the column is none of the inputs");
        choice.categories[std::size_t(found - choice.features.begin())] = 1;
    }
}

void check_weights(const DataOptions& options, const Samples& samples) {
    double sum = 0.0;
    for (std::size_t k = 0; k < samples.weights.size(); ++k) {
        sum += samples.weights[k];
        if (samples.weights[k] < 0.0)
            throw UserError(options.file + ": row " + std::to_string(k + 1) +
                            (samples.missing_rows > 0 ? " of those kept" : "") + ": sample weight " +
                            significant(samples.weights[k], 6) + " is negative");
    }
    if (!samples.weights.empty() && sum <= 0.0)
        throw UserError(options.file + ": every sample weight is zero");
}

// A sample of weight zero says nothing about the targets.
void check_targets_vary(const DataOptions& options, const Samples& samples) {
    const auto counts = [&](std::size_t k) { return samples.weights.empty() || samples.weights[k] > 0.0; };
    const std::size_t outputs = samples.targets.outputs.size(), count = std::size_t(samples.count);
    const auto y = [&](std::size_t k, std::size_t o) { return samples.targets.values[k * outputs + o]; };
    std::size_t first = 0;
    while (!counts(first)) ++first;
    for (std::size_t o = 0; o < outputs; ++o) {
        bool varies = false;
        for (std::size_t k = first + 1; k < count && !varies; ++k)
            varies = counts(k) && y(k, o) != y(first, o);
        if (varies) continue;
        const std::string where = options.targets_file.empty() ? options.file : options.targets_file;
        throw UserError(where + ": target \"" + samples.targets.outputs[o] + "\" is constant (" +
                        significant(y(first, o), 6) + " in every row): there is nothing to fit");
    }
}

// The whole text as the name of one column, or as a list of names.
std::vector<std::string> target_names(const std::vector<std::string>& names, const DataOptions& options) {
    if (std::find(names.begin(), names.end(), options.target) != names.end()) return {options.target};
    return split_list(options.target);
}

}  // namespace

void Samples::divide() {
    parts = parts_of(count);
    if (ranks().size == 1) return;
    const std::vector<std::int64_t> first = division();
    const auto rank = std::size_t(ranks().rank);
    inputs.keep_samples(first[rank], first[rank + 1]);
}

std::vector<std::int64_t> Samples::division() const {
    std::vector<std::int64_t> first;
    for (std::int64_t r = 0; r <= ranks().size; ++r)
        first.push_back(parts[std::size_t(ranks().first_of(std::int64_t(parts.size()) - 1, r))]);
    return first;
}

std::vector<double> Samples::column(std::size_t j) const {
    const auto all = std::size_t(count);
    std::vector<double> values(all), row(features.size());
    for (std::int64_t k = inputs.first(); k < inputs.end(); ++k) {
        inputs.read(k, 1, row.data());
        values[std::size_t(k)] = row[j];
    }
    ranks().gather(values, division());
    return values;
}

// Parts of 1,024 rows and more, up to 1,024 of them.
std::vector<std::int64_t> parts_of(std::int64_t rows) {
    constexpr std::int64_t least = 1024, most = 1024;
    const std::int64_t count = std::clamp<std::int64_t>(rows / least, 1, most);
    std::vector<std::int64_t> first;
    for (std::int64_t p = 0; p <= count; ++p) first.push_back(rows / count * p + rows % count * p / count);
    return first;
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
    if (!options.target.empty())
        for (const std::string& name : target_names(names, options))
            choice.targets.push_back(take(find_column(file, names, name, "--target", indexed), "--target"));
    choice.has_weight = !options.sample_weights.empty();
    if (choice.has_weight)
        choice.weight = take(find_column(file, names, options.sample_weights, "--sample-weights", indexed),
                             "--sample-weights");
    if (!options.features.empty()) {
        for (const std::string& name : split_list(options.features))
            choice.features.push_back(
                take(find_column(file, names, name, "--features", indexed), "--features"));
    } else {
        for (std::size_t column = 0; column < names.size(); ++column)
            if (!used[column]) choice.features.push_back(column);
    }
    if (choice.features.empty()) throw UserError(file + ": no column is left for the inputs");
    check_names(file, names, choice.features);
    choose_categories(file, names, options, indexed, choice);
    return choice;
}

Samples read_samples(const DataOptions& options) {
    Samples samples;
    bool array = false;
    ranks().together([&] {
        const ArrayPath path = parse_array_path(options.file);
        std::error_code error;
        const std::filesystem::file_status status = std::filesystem::status(path.file, error);
        if (!std::filesystem::exists(status)) throw UserError(path.file + ": no such file");
        if (std::filesystem::is_directory(status))
            throw UserError(path.file + ": is a directory, not a table");
        array = path.archive || std::filesystem::path(options.file).extension() == ".npy";
        if (!array) samples = read_csv_samples(options);
    });
    if (array) samples = read_npy_samples(options);
    check_weights(options, samples);
    check_targets_vary(options, samples);
    return samples;
}

}  // namespace tepui::cli
