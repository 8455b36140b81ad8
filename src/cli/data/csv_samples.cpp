// CSV: a line with column names, then one sample a line.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "cli/data/csv_reader.hpp"
#include "cli/data/sample_builder.hpp"
#include "cli/data/samples.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// What stands for a value that is not there.
bool is_missing(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 4) return false;
    std::string word(text);
    for (char& c : word) c = char(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view sign : {"", "na", "n/a", "#n/a", "nan", "+nan", "-nan", "null", "?", "."})
        if (word == sign) return true;
    return false;
}

std::optional<double> parse_cell(const std::string& text, bool decimal_comma) {
    if (!decimal_comma) return parse_number(text);
    if (text.find('.') != std::string::npos) return std::nullopt;
    std::string with_point = text;
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    return parse_number(with_point);
}

bool is_number(const CsvField& field, const DataOptions& options) {
    return parse_cell(field.text, options.decimal_comma).has_value();
}

// "3" and "-1.5", but no name.
bool holds_numbers_only(const CsvRecord& record, const DataOptions& options) {
    return std::any_of(record.begin(), record.end(),
                       [&](const CsvField& field) { return is_number(field, options); }) &&
           std::all_of(record.begin(), record.end(), [&](const CsvField& field) {
               return is_missing(field.text) || is_number(field, options);
           });
}

class CsvTable {
  public:
    explicit CsvTable(const DataOptions& options)
        : options_(options), reader_(open(options)), choice_(choose()), builder_(options, choice_, names_) {}

    Samples read() {
        while (more_) {
            add_row();
            more_ = reader_.next(record_);
        }
        if (rows_ == 0) throw UserError(options_.file + ": has a header and no rows");
        Samples samples = builder_.finish();
        samples.comment_lines = reader_.comment_lines();
        return samples;
    }

  private:
    CsvReader open(const DataOptions& options) {
        CsvSource source = CsvSource::of_file(options.file);
        if (options.delimiter) {
            delimiter_ = *options.delimiter;
        } else {
            delimiter_ = detect_delimiter(source.first_block(), options.file, options.decimal_comma);
        }
        return {std::move(source), options.file, delimiter_, !options.no_header};
    }

    // Reads the names and finds the columns; leaves the first row, if any, in record_.
    ColumnChoice choose() {
        if (!reader_.next(record_))
            throw UserError(
                options_.file + ": is empty; " +
                (options_.no_header ? "rows of numbers are" : "a header line with column names is") +
                " expected");
        if (options_.no_header) {
            for (std::size_t column = 0; column < record_.size(); ++column)
                names_.push_back(std::to_string(column));
        } else {
            if (!options_.header && holds_numbers_only(record_, options_))
                throw UserError(options_.file + ": line " + std::to_string(reader_.line()) +
                                " holds numbers where the column names are expected: --no-header reads it as "
                                "the first row (columns are then called 0, 1, ... and -1 for the last), "
                                "--header takes the numbers for names");
            for (const CsvField& field : record_) names_.push_back(field.text);
            more_ = reader_.next(record_);
        }
        if (names_.size() == 1) hint_at_delimiter();
        return choose_columns(options_.file, names_, options_, options_.no_header);
    }

    void hint_at_delimiter() const {
        for (const char other : {',', ';', '\t'})
            if (other != delimiter_ && names_[0].find(other) != std::string::npos)
                throw UserError(options_.file + ": has a single column; its fields seem to be separated by " +
                                (other == '\t'
                                     ? "tabs: --delimiter TAB"
                                     : std::string("'") + other + "': --delimiter '" + other + "'"));
    }

    void add_row() {
        ++rows_;
        if (record_.size() != names_.size())
            throw UserError(reader_.place() + " has " + counted(std::int64_t(record_.size()), "field") +
                            " where the " + (options_.no_header ? "first row" : "header") + " has " +
                            std::to_string(names_.size()));
        for (std::size_t cell = 0; cell < builder_.cells(); ++cell) {
            const std::size_t column = builder_.column(cell);
            const std::string& text = record_[column].text;
            if (is_missing(text))
                builder_.missing([&] {
                    return place(column).substr(options_.file.size() + 2) + ": " +
                           (trimmed(text).empty() ? "empty" : std::string(trimmed(text)));
                });
            else if (builder_.is_category(cell))
                builder_.category(text);
            else if (builder_.is_label(cell) && !(builder_.undecided(cell) && looks_like_number(text)))
                builder_.label(text, finite_number(text));
            else
                builder_.number(number_in(cell));
        }
        builder_.end_row([this](std::size_t target) { return place(choice_.targets[target]); });
    }

    std::string place(std::size_t column) const {
        return reader_.place() + ", column \"" + names_[column] + "\"";
    }

    // In whatever way numbers are written.
    static bool looks_like_number(const std::string& text) {
        return parse_cell(text, false) || parse_cell(text, true);
    }

    std::optional<double> finite_number(const std::string& text) const {
        const std::optional<double> value = parse_cell(text, options_.decimal_comma);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }

    double number_in(std::size_t cell) const {
        const std::size_t column = builder_.column(cell);
        const std::string& text = record_[column].text;
        const std::optional<double> value = parse_cell(text, options_.decimal_comma);
        if (value && std::isfinite(*value)) return *value;
        const std::string where = place(column) + ": \"" + text + "\" is not a ";
        if (value) throw UserError(where + "finite number");
        std::string remedy;
        if (parse_cell(text, !options_.decimal_comma))
            remedy =
                options_.decimal_comma ? " (--decimal-comma is given)" : "; decimal commas: --decimal-comma";
        else if (builder_.is_target(cell) && choice_.targets.size() == 1)
            remedy = "; labels of classes: --loss softmax, or --loss logistic for two";
        else if (cell < choice_.features.size())
            remedy = "; a column of text: --categorical " + names_[column] +
                     " makes a 0/1 column of each of its values, or leave it out by --features";
        throw UserError(where + "number" + remedy);
    }

    const DataOptions& options_;
    char delimiter_ = ',';
    CsvReader reader_;
    CsvRecord record_;
    std::vector<std::string> names_;
    bool more_ = true;
    std::int64_t rows_ = 0;
    ColumnChoice choice_;
    SampleBuilder builder_;
};

}  // namespace

Samples read_csv_samples(const DataOptions& options) {
    if (!options.targets_file.empty())
        throw UserError("--y goes with .npy data; for a CSV name the column with --target");
    if (options.target.empty())
        throw UserError(
            "--target is required: the name of the column to predict, or of several, comma-separated");
    return CsvTable(options).read();
}

}  // namespace tepui::cli
