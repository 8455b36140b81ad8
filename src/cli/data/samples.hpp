// The table as the command uses it: the chosen columns, checked.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/data/mapped_npy.hpp"
#include "cli/data/targets.hpp"
#include "cli/options/options.hpp"

namespace tepui::cli {

// A column of text or codes that became columns of zeros and ones, "colour=blue", "colour=red".
struct CategoricalColumn {
    std::string name;
    std::vector<std::string> values;  // each its column, in this order
};

struct Samples {
    std::int64_t count = 0;
    std::vector<std::string> features;
    Targets targets;
    std::string weight_column;    // empty: all weights 1
    std::vector<double> x;        // [count][features], C order; empty where the file is used in place
    std::vector<double> weights;  // [count] or empty
    // The features are neighbouring columns of this file, from first_column on, in the place of x.
    std::shared_ptr<const MappedNpy> file;
    std::int64_t first_column = 0;
    std::vector<CategoricalColumn> categorical;
    std::int64_t missing_rows = 0;  // left out, as values are missing
    std::string first_missing;      // where, for people
    std::int64_t comment_lines = 0;

    double value(std::int64_t k, std::size_t j) const {
        return file ? file->value(k, first_column + std::int64_t(j))
                    : x[std::size_t(k) * features.size() + j];
    }
    // Copies a file used in place into x, to be changed there.
    void load();
};

// Where the wanted columns are in a table.
struct ColumnChoice {
    std::vector<std::size_t> features;
    std::vector<char> categories;      // [features]: to be spread (--categorical)
    std::vector<std::size_t> targets;  // empty: they are in a file of their own
    std::size_t weight = 0;
    bool has_weight = false;
};

// names: of all columns. indexed: columns are called by their index, which may count from the end (-1).
// Throws UserError naming what is missing or used twice.
ColumnChoice choose_columns(const std::string& file, const std::vector<std::string>& names,
                            const DataOptions& options, bool indexed);

// Reads CSV, .npy or an array in an .npz archive, by the file's name. Throws UserError.
Samples read_samples(const DataOptions& options);
Samples read_csv_samples(const DataOptions& options);
Samples read_npy_samples(const DataOptions& options);

}  // namespace tepui::cli
