#include "cli/data/inputs.hpp"

#include <algorithm>

namespace tepui::cli {
namespace {

void rescale(const std::vector<Scaling>& scalings, double* row) {
    for (std::size_t j = 0; j < scalings.size(); ++j)
        row[j] = (row[j] - scalings[j].mean) / scalings[j].scale;
}

template <class Value>
void take_columns(const Value* row, const std::vector<std::size_t>& columns, double* x) {
    for (std::size_t j = 0; j < columns.size(); ++j) x[j] = double(row[columns[j]]);
}

}  // namespace

Inputs::Inputs(std::shared_ptr<const MappedNpy> file, std::vector<std::size_t> columns, std::int64_t first,
               std::int64_t count, std::int64_t first_row, std::optional<std::vector<std::int64_t>> rows)
    : columns_(columns.size()),
      first_(first),
      count_(count),
      file_(std::move(file)),
      file_columns_(std::move(columns)),
      sorted_(std::is_sorted(file_columns_.begin(), file_columns_.end())),
      first_row_(first_row),
      rows_(std::move(rows)) {}

void Inputs::read(std::int64_t from, std::int64_t count, double* x) const {
    for (std::int64_t k = from - first_; k < from - first_ + count; ++k, x += columns_) {
        if (!file_) {
            std::copy_n(values_.data() + std::size_t(k) * columns_, columns_, x);
            continue;
        }
        const std::int64_t row = rows_ ? (*rows_)[std::size_t(k)] : first_row_ + k;
        const std::int64_t at = row * file_->columns();
        if (file_->floats() != nullptr)
            take_columns(file_->floats() + at, file_columns_, x);
        else
            take_columns(file_->doubles() + at, file_columns_, x);
        rescale(scalings_, x);
    }
}

void Inputs::keep_columns(const std::vector<char>& kept) {
    const auto keep = [&](auto& values) {
        std::size_t to = 0;
        for (std::size_t at = 0; at < values.size(); ++at)
            if (kept[at % columns_] != 0) values[to++] = values[at];
        values.resize(to);
    };
    keep(values_);
    keep(file_columns_);
    keep(scalings_);
    columns_ = std::size_t(std::count_if(kept.begin(), kept.end(), [](char one) { return one != 0; }));
}

void Inputs::scale(std::vector<Scaling> scalings) {
    if (file_) {
        scalings_ = std::move(scalings);
        return;
    }
    for (std::size_t at = 0; at < values_.size(); at += columns_) rescale(scalings, values_.data() + at);
}

void Inputs::keep_samples(std::int64_t from, std::int64_t to) {
    std::vector<double> kept(std::size_t(to - from) * columns_);
    read(from, to - from, kept.data());
    *this = Inputs(std::move(kept), columns_, from);
    count_ = to - from;
}

void Inputs::load() {
    if (file_) keep_samples(first(), end());
}

}  // namespace tepui::cli
