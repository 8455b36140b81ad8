// The inputs of this rank's samples, of all where there is one rank: a copy, or columns of a file, which may
// be larger than memory, read whenever they are asked for.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "cli/data/mapped_npy.hpp"

namespace tepui::cli {

// value seen by the network = (value in the table - mean) / scale
struct Scaling {
    double mean = 0.0;
    double scale = 1.0;
};

class Inputs {
  public:
    Inputs() = default;
    // values: [samples][columns], C order, from sample `first` on.
    Inputs(std::vector<double> values, std::size_t columns, std::int64_t first)
        : columns_(columns), first_(first), values_(std::move(values)) {
        count_ = columns == 0 ? 0 : std::int64_t(values_.size() / columns);
    }
    // Sample first + k, k < count, is the row rows[k] of the file, or, without rows, first_row + k.
    Inputs(std::shared_ptr<const MappedNpy> file, std::vector<std::size_t> columns, std::int64_t first,
           std::int64_t count, std::int64_t first_row, std::optional<std::vector<std::int64_t>> rows);

    std::size_t columns() const { return columns_; }
    // Samples [first, end) of all are here.
    std::int64_t first() const { return first_; }
    std::int64_t end() const { return first_ + count_; }
    // Samples [from, from + count) as the network sees them: x[count][columns].
    void read(std::int64_t from, std::int64_t count, double* x) const;

    void keep_columns(const std::vector<char>& kept);
    // From now on; one for every column.
    void scale(std::vector<Scaling> scalings);
    // No others are here from now on.
    void keep_samples(std::int64_t from, std::int64_t to);
    // Copies what lies in a file.
    void load();

    bool in_file() const { return file_ != nullptr; }
    // The file holds them as the network sees them, in neighbouring columns and rows.
    bool in_place() const { return in_file() && scalings_.empty() && !rows_ && neighbours(); }
    const MappedNpy& file() const { return *file_; }
    // In place: where the first value is in the file. Copied: values.
    std::int64_t place() const { return first_row_ * file_->columns() + std::int64_t(file_columns_.front()); }
    const std::vector<double>& values() const { return values_; }

  private:
    bool neighbours() const {
        return file_columns_.back() - file_columns_.front() + 1 == columns_ && sorted_;
    }

    std::size_t columns_ = 0;
    std::int64_t first_ = 0, count_ = 0;
    std::vector<double> values_;
    std::shared_ptr<const MappedNpy> file_;
    std::vector<std::size_t> file_columns_;
    bool sorted_ = true;
    std::int64_t first_row_ = 0;
    std::optional<std::vector<std::int64_t>> rows_;
    std::vector<Scaling> scalings_;  // empty: none
};

}  // namespace tepui::cli
