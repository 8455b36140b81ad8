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
#include "cli/support/ranks.hpp"
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
    // Samples first + k, k < count, in the rows rows[k], or first_row + k without rows.
    Inputs inputs(const std::vector<std::size_t>& columns, std::int64_t first, std::int64_t count,
                  std::int64_t first_row, std::optional<std::vector<std::int64_t>> rows) const {
        if (mapped_) return {mapped_, columns, first, count, first_row, std::move(rows)};
        std::vector<double> x;
        x.reserve(std::size_t(count) * columns.size());
        for (std::int64_t k = 0; k < count; ++k)
            for (const std::size_t column : columns)
                x.push_back(value(rows ? (*rows)[std::size_t(k)] : first_row + k, column));
        return {std::move(x), columns.size(), first};
    }

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

// What a rank finds in its own rows.
struct OwnRows {
    std::vector<double> cells;  // [rows][cells beside the features], of all rows
    std::vector<char> missing;  // [rows]: some value is
    std::string first_missing;
    std::optional<Failure> failure;  // its order: the row
};

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

    // Row by row: categories are told apart in their order, which takes all rows.
    Samples read_in_order() const {
        SampleBuilder builder(options_, choice_, names_, target_names_);
        for (std::int64_t k = 0; k < table_.rows(); ++k) {
            for (std::size_t cell = 0; cell < builder.cells(); ++cell) add(builder, k, cell);
            builder.end_row([&](std::size_t target) {
                return place_of_cell(builder, k, choice_.features.size() + target);
            });
        }
        return builder.finish();
    }

    // Each rank looks at its own rows of the features; what else is in the table all hear of.
    Samples read_divided() const {
        require_same_table();
        const std::vector<std::int64_t> rows = parts_of(table_.rows());
        std::vector<std::int64_t> division;
        for (std::int64_t r = 0; r <= ranks().size; ++r)
            division.push_back(rows[std::size_t(ranks().first_of(std::int64_t(rows.size()) - 1, r))]);
        const auto rank = std::size_t(ranks().rank);
        OwnRows own;
        ranks().together([&] { own = look_at(division[rank], division[rank + 1]); });
        const std::optional<Failure> failure = ranks().first_failure(own.failure);
        ranks().gather(own.missing, division);
        ranks().gather(own.cells, division, std::int64_t(columns_beside()));
        Samples samples = rest_of_rows(own, first_missing(own), failure);
        samples.features = SampleBuilder(options_, choice_, names_, target_names_).names().features;
        samples.parts.clear();
        std::int64_t kept = 0, row = 0;
        for (const std::int64_t end : rows) {
            for (; row < end; ++row) kept += own.missing[std::size_t(row)] == 0 ? 1 : 0;
            samples.parts.push_back(kept);
        }
        const std::int64_t first = samples.division()[rank], count = samples.division()[rank + 1] - first;
        ranks().together([&] {
            std::optional<std::vector<std::int64_t>> chosen;
            if (samples.missing_rows > 0) chosen.emplace();
            for (std::int64_t k = division[rank]; chosen && k < division[rank + 1]; ++k)
                if (own.missing[std::size_t(k)] == 0) chosen->push_back(k);
            samples.inputs = table_.inputs(choice_.features, first, count, division[rank], std::move(chosen));
        });
        return samples;
    }

  private:
    // Targets and weights that the table holds.
    std::size_t columns_beside() const { return choice_.targets.size() + (choice_.has_weight ? 1 : 0); }

    void require_same_table() const {
        struct Shape {
            std::int64_t rows, columns;
        };
        for (const Shape& other : ranks().gather_one(Shape{table_.rows(), table_.columns()}))
            if (other.rows != table_.rows() || other.columns != table_.columns())
                throw UserError(options_.file +
                                ": has another shape on other ranks; all are to see one file");
    }

    OwnRows look_at(std::int64_t begin, std::int64_t end) const {
        const SampleBuilder cells(options_, choice_, names_, target_names_);
        const std::size_t features = choice_.features.size(), beside = columns_beside();
        OwnRows own;
        own.cells.resize(std::size_t(table_.rows()) * beside);
        own.missing.resize(std::size_t(table_.rows()));
        ProgressLine line;
        constexpr std::int64_t at_once = 1 << 14;
        for (std::int64_t k = begin; k < end && !own.failure; ++k) {
            if ((k - begin) % at_once == 0)
                line.show("reading " + options_.file, double(k - begin) / double(end - begin));
            double* beside_it = own.cells.data() + std::size_t(k) * beside;
            for (std::size_t cell = 0; cell < cells.cells(); ++cell) {
                const double number = value(cells, k, cell);
                if (cell >= features && !target_apart(cells, cell)) *beside_it++ = number;
                if (std::isfinite(number)) continue;
                if (std::isinf(number)) {
                    own.failure = {Failure::Kind::user, k, infinite(cells, k, cell)};
                    break;
                }
                own.missing[std::size_t(k)] = 1;
                if (own.first_missing.empty()) own.first_missing = missing(cells, k, cell);
            }
        }
        return own;
    }

    std::string first_missing(const OwnRows& own) const {
        std::optional<Failure> first;
        if (!own.first_missing.empty()) first = {Failure::Kind::user, 0, own.first_missing};
        first = ranks().first_failure(first);
        return first ? first->text : "";
    }

    // Targets, weights and what is missing, in the order of all rows up to one that has no meaning.
    Samples rest_of_rows(const OwnRows& own, const std::string& first_missing,
                         const std::optional<Failure>& failure) const {
        ColumnChoice choice = choice_;
        choice.features.clear();
        choice.categories.clear();
        SampleBuilder rest(options_, choice, names_, target_names_);
        const std::size_t beside = columns_beside();
        for (std::int64_t k = 0; k < (failure ? failure->order : table_.rows()); ++k) {
            const double* number = own.cells.data() + std::size_t(k) * beside;
            for (std::size_t cell = 0; cell < rest.cells(); ++cell) {
                if (own.missing[std::size_t(k)] != 0)
                    rest.missing([&] { return first_missing; });
                else if (target_apart(rest, cell))
                    add(rest, k, cell);
                else if (rest.is_label(cell))
                    rest.label("", *number++);
                else
                    rest.number(*number++);
            }
            rest.end_row([&](std::size_t target) { return place_of_cell(rest, k, target); });
        }
        if (failure) fail_with(*failure);
        return rest.finish();
    }

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
    std::string infinite(const SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        return place_of_cell(builder, k, cell) + " is not a finite number";
    }
    std::string missing(const SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        return place_of_cell(builder, k, cell) + (is_text(builder, cell) ? " is empty" : " is nan");
    }

    void add(SampleBuilder& builder, std::int64_t k, std::size_t cell) const {
        const double number = value(builder, k, cell);
        if (std::isinf(number)) throw UserError(infinite(builder, k, cell));
        if (std::isnan(number))
            builder.missing([&] { return missing(builder, k, cell); });
        else if (is_text(builder, cell))
            builder.label(targets_.texts[std::size_t(k)], text_cell(k).number);
        else if (builder.is_category(cell))
            builder.category(shortest(number));
        else if (builder.is_label(cell))
            builder.label("", number);
        else
            builder.number(number);
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
    std::optional<NpyTable> table;
    Samples samples;
    const bool in_order = !options.categorical.empty();
    ranks().together([&] {
        table.emplace(options);
        if (in_order) samples = table->read_in_order();
    });
    return in_order ? samples : table->read_divided();
}

}  // namespace tepui::cli
