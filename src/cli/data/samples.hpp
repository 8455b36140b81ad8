// The table as the command uses it: the chosen columns, checked.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/data/inputs.hpp"
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
    std::vector<double> weights;  // [count] or empty
    Inputs inputs;                // of the features, this rank's samples
    // Sums over samples are formed part by part: the first sample of each part, and the count. Every rank has
    // whole parts.
    std::vector<std::int64_t> parts;
    std::vector<CategoricalColumn> categorical;
    std::int64_t missing_rows = 0;  // left out, as values are missing
    std::string first_missing;      // where, for people
    std::int64_t comment_lines = 0;

    // Into as many parts as there are samples for; of the inputs, all here, this rank's own remain.
    void divide();
    // The first sample of each rank, and the count.
    std::vector<std::int64_t> division() const;
    // One column of all samples, on every rank: all call it.
    std::vector<double> column(std::size_t j) const;
};

// Where the parts of so many rows begin, and the count: by their number alone.
std::vector<std::int64_t> parts_of(std::int64_t rows);

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
