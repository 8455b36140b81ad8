// Tables in CSV: records against what they give when written and read again, and samples as the network sees
// them. The first two bytes choose how the rest is read; printable ones leave an input a text.
#include <cmath>

#include "cli/data/csv_reader.hpp"
#include "cli/data/samples.hpp"
#include "cli/support/user_error.hpp"
#include "fuzz/fuzz.hpp"

using namespace tepui::cli;
using tepui::LossKind;
using tepui::test::Bytes;
using tepui::test::MemoryFile;
using tepui::test::require_that;

namespace {

constexpr char delimiters[] = {',', ';', '\t', ' ', '|'};

std::vector<CsvRecord> records_of(const std::string& text, char delimiter) {
    CsvReader reader(CsvSource::of_text(text), "table", delimiter, true);
    std::vector<CsvRecord> records;
    CsvRecord record;
    std::int64_t line = 0;
    while (reader.next(record)) {
        require_that(!record.empty(), "a record has a field");
        require_that(reader.line() > line, "records begin on lines of their own");
        line = reader.line();
        records.push_back(record);
    }
    return records;
}

std::string written(const std::vector<CsvRecord>& records) {
    std::string text;
    for (const CsvRecord& record : records) {
        for (std::size_t j = 0; j < record.size(); ++j) {
            text += j == 0 ? "\"" : ",\"";
            for (const char c : record[j].text) text += c == '"' ? std::string("\"\"") : std::string(1, c);
            text += '"';
        }
        text += '\n';
    }
    return text;
}

void records_round_trip(const std::string& text, char delimiter) {
    std::vector<CsvRecord> records;
    try {
        records = records_of(text, delimiter);
    } catch (const UserError&) {
        return;
    }
    const std::vector<CsvRecord> again = records_of(written(records), ',');
    require_that(again.size() == records.size(), "a written table has its records");
    for (std::size_t k = 0; k < records.size(); ++k) {
        require_that(again[k].size() == records[k].size(), "a written record has its fields");
        for (std::size_t j = 0; j < records[k].size(); ++j)
            require_that(again[k][j].text == records[k][j].text, "a written field is read again");
    }
}

// As the loss has use for them.
void check_targets(const Targets& targets, const LossChoice& loss) {
    const std::size_t outputs = targets.outputs.size();
    double sum = 0.0;
    for (std::size_t l = 0; l < targets.values.size(); ++l) {
        const double value = targets.values[l];
        require_that(loss.of_differences() || value >= 0.0, "chances and counts are not negative");
        require_that(!loss.of_classes() || value <= 1.0, "chances are at most 1");
        sum = l % outputs == 0 ? value : sum + value;
        if (loss.kind == LossKind::softmax && l % outputs == outputs - 1)
            require_that(std::fabs(sum - 1.0) <= 1e-9, "the chances of a sample sum to 1");
    }
    for (const TargetColumn& column : targets.columns)
        require_that(column.classes.empty() || column.classes.size() > 1, "there are two classes or more");
}

void samples(const std::string& text, unsigned choice, char delimiter) {
    const MemoryFile file(text);
    DataOptions options;
    options.file = file.path();
    options.no_header = (choice & 1) != 0;
    options.header = !options.no_header && (choice & 2) != 0;
    options.decimal_comma = (choice & 4) != 0;
    options.drop_missing = (choice & 8) != 0;
    if ((choice & 16) != 0) options.delimiter = delimiter;
    constexpr LossKind losses[] = {LossKind::squared, LossKind::logistic, LossKind::softmax,
                                   LossKind::poisson};
    options.loss.emplace();
    options.loss->kind = losses[(choice >> 6) & 3];
    const bool several = text.find(",z") != std::string::npos;
    options.target = options.no_header ? (several ? "-1,-2" : "-1") : (several ? "y,z" : "y");
    if ((choice & 32) != 0) options.categorical = options.no_header ? "0" : "c";
    try {
        const Samples made = read_csv_samples(options);
        require_that(made.count > 0 && !made.features.empty(),
                     "a table that is taken has samples and features");
        const auto count = std::size_t(made.count);
        require_that(made.inputs.values().size() == count * made.features.size(),
                     "each sample has its features");
        const Targets& targets = made.targets;
        require_that(!targets.outputs.empty() && targets.values.size() == count * targets.outputs.size(),
                     "each sample has its targets");
        for (const double value : made.inputs.values())
            require_that(std::isfinite(value), "features are finite");
        for (const double value : targets.values) require_that(std::isfinite(value), "targets are finite");
        check_targets(targets, *options.loss);
    } catch (const UserError&) {
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const char delimiter = delimiters[bytes.next() % sizeof delimiters];
    const unsigned choice = bytes.next();
    const std::string text(bytes.rest());
    records_round_trip(text, delimiter);
    samples(text, choice, delimiter);
    return 0;
}
