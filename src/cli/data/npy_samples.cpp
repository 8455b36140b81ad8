// Samples from a 2-D array of NumPy's, targets from one of its columns or from a file of their own.
#include <cmath>
#include <limits>
#include <optional>

#include "cli/data/npy_file.hpp"
#include "cli/data/npy_header.hpp"
#include "cli/data/npz_file.hpp"
#include "cli/data/sample_builder.hpp"
#include "cli/data/samples.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/progress_line.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// The array where it lies, or a copy when it cannot be used there.
class ArrayTable {
  public:
    explicit ArrayTable(const std::string& path) {
        if (!parse_array_path(path).archive) mapped_ = MappedNpy::open(path);
        if (mapped_)
            array_.shape = {mapped_->rows(), mapped_->columns()};
        else
            array_ = read_npy(path);
        if (array_.shape.size() != 2 || array_.values.empty() == !mapped_)
            throw UserError(path + ": has shape " + shape_text(array_.shape) +
                            "; a non-empty 2-D array [samples][columns] is expected");
    }

    std::int64_t rows() const { return array_.shape[0]; }
    std::int64_t columns() const { return array_.shape[1]; }
    double value(std::int64_t row, std::size_t column) const {
        return mapped_ ? mapped_->value(row, std::int64_t(column))
                       : array_.values[std::size_t(row * columns()) + column];
    }
    const std::shared_ptr<const MappedNpy>& mapped() const { return mapped_; }

  private:
    std::shared_ptr<const MappedNpy> mapped_;
    NpyArray array_;
};

// [count], or [count][targets]: the latter in any case. classes: text in one column will do.
NpyArray read_targets(const std::string& path, std::int64_t count, bool classes) {
    NpyArray array = classes ? read_npy_or_text(path) : read_npy(path);
    if (!array.texts.empty() && array.shape.size() == 2 && array.shape[1] > 1)
        throw UserError(path + ": holds text in " + std::to_string(array.shape[1]) +
                        " columns; classes as text are one column");
    const bool one = array.shape.size() == 1;
    if ((!one && (array.shape.size() != 2 || array.shape[1] < 1)) || array.shape[0] != count)
        throw UserError(path + ": has shape " + shape_text(array.shape) + " where " + std::to_string(count) +
                        " targets, or so many rows of several, are expected");
    if (one) array.shape.push_back(1);
    return array;
}

std::vector<std::string> names_in_file(const std::string& path, const NpyArray& targets) {
    if (targets.shape[1] == 1) return {path};
    std::vector<std::string> names;
    for (std::int64_t column = 0; column < targets.shape[1]; ++column)
        names.push_back(path + "[:, " + std::to_string(column) + "]");
    return names;
}

bool neighbours(const std::vector<std::size_t>& columns) {
    for (std::size_t j = 1; j < columns.size(); ++j)
        if (columns[j] != columns[j - 1] + 1) return false;
    return true;
}

class NpyTable {
  public:
    explicit NpyTable(const DataOptions& options) : options_(options), table_(options.file) {
        for (std::int64_t column = 0; column < table_.columns(); ++column)
            names_.push_back(std::to_string(column));
        choice_ = choose_columns(options.file, names_, options, true);
        if (!choice_.targets.empty()) return;
        const bool classes = !options.loss || options.loss->kind == LossKind::softmax ||
                             options.loss->kind == LossKind::logistic;
        targets_ = read_targets(options.targets_file, table_.rows(), classes);
        target_names_ = names_in_file(options.targets_file, targets_);
    }

    Samples read() const {
        const bool plain = options_.categorical.empty();
        SampleBuilder builder(options_, choice_, names_, target_names_);
        if (table_.mapped() && plain && neighbours(choice_.features) && all_finite(builder))
            return use_in_place(builder);
        for (std::int64_t k = 0; k < table_.rows(); ++k) {
            for (std::size_t cell = 0; cell < builder.cells(); ++cell) add(builder, k, cell);
            builder.end_row([&](std::size_t target) {
                return place_of_cell(builder, k, choice_.features.size() + target);
            });
        }
        return builder.finish();
    }

  private:
    bool target_apart(const SampleBuilder& builder, std::size_t cell) const {
        return builder.is_target(cell) && choice_.targets.empty();
    }
    bool is_text(const SampleBuilder& builder, std::size_t cell) const {
        return target_apart(builder, cell) && !targets_.texts.empty();
    }
    // Of a text the number that it writes, if any; an empty one is missing.
    TargetCell text_cell(std::int64_t k) const {
        const std::string& text = targets_.texts[std::size_t(k)];
        const std::optional<double> number = parse_number(text);
        return {text, number && std::isfinite(*number) ? number : std::nullopt};
    }
    double value(const SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        if (is_text(builder, cell))
            return targets_.texts[std::size_t(k)].empty() ? std::numeric_limits<double>::quiet_NaN() : 0.0;
        return target_apart(builder, cell)
                   ? targets_.values[std::size_t(k * targets_.shape[1]) + builder.target(cell)]
                   : table_.value(k, builder.column(cell));
    }
    std::string place_of_cell(const SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        const std::string row = ": the value at [" + std::to_string(k);
        if (!target_apart(builder, cell))
            return options_.file + row + ", " + std::to_string(builder.column(cell)) + "]";
        const bool several = targets_.shape[1] > 1;
        return options_.targets_file + row +
               (several ? ", " + std::to_string(builder.target(cell)) + "]" : "]");
    }

    void add(SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        const double number = value(builder, k, cell);
        const auto place = [&] { return place_of_cell(builder, k, cell); };
        if (std::isinf(number)) throw UserError(place() + " is not a finite number");
        if (std::isnan(number))
            builder.missing([&] { return place() + (is_text(builder, cell) ? " is empty" : " is nan"); });
        else if (is_text(builder, cell))
            builder.label(targets_.texts[std::size_t(k)], text_cell(k).number);
        else if (builder.is_category(cell))
            builder.category(shortest(number));
        else if (builder.is_label(cell))
            builder.label("", number);
        else
            builder.number(number);
    }

    bool all_finite(const SampleBuilder& builder) const {
        ProgressLine line;
        constexpr std::int64_t at_once = 1 << 14;
        for (std::int64_t k = 0; k < table_.rows(); ++k) {
            if (k % at_once == 0) line.show("reading " + options_.file, double(k) / double(table_.rows()));
            for (std::size_t cell = 0; cell < builder.cells(); ++cell)
                if (!std::isfinite(value(builder, k, cell))) return false;
        }
        return true;
    }

    Samples use_in_place(const SampleBuilder& builder) const {
        Samples samples = builder.names();
        samples.count = table_.rows();
        samples.file = table_.mapped();
        samples.first_column = std::int64_t(choice_.features.front());
        TargetBuilder targets = builder.targets();
        const std::size_t first = choice_.features.size(), weight = first + targets.columns();
        std::vector<TargetCell> row(targets.columns());
        for (std::int64_t k = 0; k < samples.count; ++k) {
            for (std::size_t c = 0; c < row.size(); ++c) {
                if (is_text(builder, first + c))
                    row[c] = text_cell(k);
                else
                    row[c].number = value(builder, k, first + c);
            }
            targets.add_row(row.data(), [&](std::size_t c) { return place_of_cell(builder, k, first + c); });
            if (choice_.has_weight) samples.weights.push_back(value(builder, k, weight));
        }
        samples.targets =
            targets.finish(options_.targets_file.empty() ? options_.file : options_.targets_file);
        return samples;
    }

    const DataOptions& options_;
    ArrayTable table_;
    std::vector<std::string> names_;
    ColumnChoice choice_;
    NpyArray targets_;  // [samples][targets]; empty where the table holds them
    std::vector<std::string> target_names_;
};

}  // namespace

Samples read_npy_samples(const DataOptions& options) {
    if (options.target.empty() == options.targets_file.empty())
        throw UserError(
            "for .npy data give either --target INDEX (several: comma-separated) or --y FILE.npy");
    return NpyTable(options).read();
}

}  // namespace tepui::cli
