// The table as the command uses it: the chosen columns, checked.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "options.hpp"

namespace tepui::cli {

struct Samples {
    std::int64_t count = 0;
    std::vector<std::string> features;
    std::string target;
    std::string weight_column;    // empty: all weights 1
    std::vector<double> x;        // [count][features], C order
    std::vector<double> y;        // [count]
    std::vector<double> weights;  // [count] or empty
};

// Where the wanted columns are in a table.
struct ColumnChoice {
    std::vector<std::size_t> features;
    std::size_t target = 0;
    std::size_t weight = 0;
    bool has_target = false;
    bool has_weight = false;
};

// names: of all columns. indexed: columns are called by their index, which may count from the end (-1).
// Throws UserError naming what is missing or used twice.
ColumnChoice choose_columns(const std::string& file, const std::vector<std::string>& names,
                            const DataOptions& options, bool indexed);

// Reads CSV or .npy, by the file's name. Throws UserError.
Samples read_samples(const DataOptions& options);
Samples read_csv_samples(const DataOptions& options);
Samples read_npy_samples(const DataOptions& options);

}  // namespace tepui::cli
