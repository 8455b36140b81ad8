// CSV: a header line with column names, then one sample a line.
#include <algorithm>
#include <cmath>
#include <fstream>

#include "cli/data/samples.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

class CsvFile {
  public:
    CsvFile(const std::string& path, char delimiter) : path_(path), delimiter_(delimiter), stream_(path) {
        if (!stream_) throw UserError(path + ": cannot be opened for reading");
    }

    // The next line that is not blank, as fields; false at the end.
    bool next(std::vector<std::string>& fields) {
        std::string text;
        while (std::getline(stream_, text)) {
            ++line_;
            if (line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // byte order mark
            if (text.find('\0') != std::string::npos)
                throw UserError(path_ + ": line " + std::to_string(line_) +
                                " holds a zero byte: this is no CSV text");
            if (line_ == 1 && text.find_first_not_of('\r', text.find('\r')) != std::string::npos)
                throw UserError(path_ +
                                ": its lines end in a carriage return (CR) alone; LF or CR LF is expected");
            if (trimmed(text).empty()) continue;
            if (std::count(text.begin(), text.end(), '"') % 2 != 0)
                throw UserError(path_ + ": line " + std::to_string(line_) +
                                " opens a quote and does not close it");
            fields = split_list(text, delimiter_);
            return true;
        }
        if (stream_.bad()) throw UserError(path_ + ": reading failed after line " + std::to_string(line_));
        return false;
    }

    std::int64_t line() const { return line_; }

  private:
    std::string path_;
    char delimiter_;
    std::ifstream stream_;
    std::int64_t line_ = 0;
};

void check_names(const std::string& file, std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    for (std::size_t i = 1; i < names.size(); ++i)
        if (names[i] == names[i - 1] && !names[i].empty())
            throw UserError(file + ": two columns are called \"" + names[i] + "\"");
}

double read_field(const std::string& text, const std::string& where) {
    if (text.empty()) throw UserError(where + " is empty; a number is expected");
    const std::optional<double> value = parse_number(text);
    if (!value) throw UserError(where + ": \"" + text + "\" is not a number");
    if (!std::isfinite(*value)) throw UserError(where + ": \"" + text + "\" is not a finite number");
    return *value;
}

std::string hint_at_delimiter(const std::vector<std::string>& names, char delimiter) {
    if (names.size() > 1) return "";
    for (const char other : {',', ';', '\t'})
        if (other != delimiter && names[0].find(other) != std::string::npos)
            return std::string("; its fields seem to be separated by ") +
                   (other == '\t' ? "tabs: --delimiter $'\\t'"
                                  : std::string("'") + other + "': --delimiter '" + other + "'");
    return "";
}

}  // namespace

Samples read_csv_samples(const DataOptions& options) {
    if (!options.targets_file.empty())
        throw UserError("--y goes with .npy data; for a CSV name the column with --target");
    if (options.target.empty()) throw UserError("--target is required: the name of the column to predict");
    CsvFile csv(options.file, options.delimiter);
    std::vector<std::string> names;
    if (!csv.next(names))
        throw UserError(options.file + ": is empty; a header line with column names is expected");
    check_names(options.file, names);
    const std::string hint = hint_at_delimiter(names, options.delimiter);
    if (!hint.empty()) throw UserError(options.file + ": has a single column" + hint);
    const ColumnChoice choice = choose_columns(options.file, names, options, false);

    Samples samples;
    for (const std::size_t column : choice.features) samples.features.push_back(names[column]);
    samples.target = names[choice.target];
    if (choice.has_weight) samples.weight_column = names[choice.weight];
    std::vector<std::string> fields;
    while (csv.next(fields)) {
        const std::string row = options.file + ": row " + std::to_string(++samples.count) + " (line " +
                                std::to_string(csv.line()) + ")";
        if (fields.size() != names.size())
            throw UserError(row + " has " + counted(std::int64_t(fields.size()), "field") +
                            " where the header has " + std::to_string(names.size()));
        const auto value = [&](std::size_t column) {
            return read_field(fields[column], row + ", column \"" + names[column] + "\"");
        };
        for (const std::size_t column : choice.features) samples.x.push_back(value(column));
        samples.y.push_back(value(choice.target));
        if (choice.has_weight) samples.weights.push_back(value(choice.weight));
    }
    if (samples.count == 0) throw UserError(options.file + ": has a header and no rows");
    return samples;
}

}  // namespace tepui::cli
