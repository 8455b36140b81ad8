// The libraries in Debian 12 that read CSV do not fit: libcsv is LGPL, Fast C++ CSV Parser (libfccp-dev)
// fixes the number of columns when compiled, and Boost.Tokenizer takes 1"2" for 12.
#include "cli/data/csv_reader.hpp"

#include <filesystem>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {

CsvSource CsvSource::of_file(const std::string& path) {
    CsvSource source;
    source.path_ = path;
    source.stream_.open(path, std::ios::binary);
    if (!source.stream_) throw UserError(path + ": cannot be opened for reading");
    std::error_code unknown;
    if (std::filesystem::is_regular_file(path, unknown))
        source.bytes_ = std::filesystem::file_size(path, unknown);
    source.line_ = std::make_unique<ProgressLine>();
    if (source.starts_with("\x93NUMPY"))
        throw UserError(path + ": is a NumPy array, no CSV: its name has to end in .npy");
    if (source.starts_with("\xEF\xBB\xBF")) source.block_.erase(0, 3);  // byte order mark
    return source;
}

CsvSource CsvSource::of_text(std::string text) {
    CsvSource source;
    source.block_ = std::move(text);
    return source;
}

bool CsvSource::extend() {
    if (!stream_.is_open() || !stream_) return false;
    constexpr std::size_t more = std::size_t(1) << 16;
    block_.erase(0, at_);
    at_ = 0;
    const std::size_t before = block_.size();
    block_.resize(before + more);
    stream_.read(block_.data() + before, std::streamsize(more));
    block_.resize(before + std::size_t(stream_.gcount()));
    if (stream_.bad()) throw UserError(path_ + ": cannot be read");
    read_ += block_.size() - before;
    if (bytes_ > 0 && line_) line_->show("reading " + path_, double(read_) / double(bytes_));
    return block_.size() > before;
}

bool CsvSource::starts_with(std::string_view text) {
    while (block_.size() - at_ < text.size() && extend()) continue;
    return std::string_view(block_).substr(at_).starts_with(text);
}

CsvReader::CsvReader(CsvSource source, const std::string& name, char delimiter, bool header)
    : source_(std::move(source)),
      name_(name),
      delimiter_(delimiter == ' ' ? '\n' : delimiter),
      white_space_(delimiter == ' '),
      header_(header) {}

std::string CsvReader::place() const {
    const std::int64_t row = records_ - (header_ ? 1 : 0);
    const std::string line = std::to_string(record_line_);
    return name_ + ": " +
           (row == 0 ? "the header (line " + line : "row " + std::to_string(row) + " (line " + line) + ")";
}

void CsvReader::fail(const std::string& what) const {
    throw UserError(place() + ", column " + std::to_string(column_) + ": " + what);
}

int CsvReader::get() {
    const int c = source_.get();
    if (c == 0)
        throw UserError(name_ + ": line " + std::to_string(line_) +
                        " holds a zero byte: this is no CSV text");
    // LF, CR LF and CR end a line, each once.
    if (c == '\n' || (c == '\r' && source_.peek() != '\n')) ++line_;
    return c;
}

bool CsvReader::at_field_end() {
    return at_line_end() || source_.peek() == delimiter_ || (white_space_ && at_blank());
}

void CsvReader::skip_blanks() {
    while (at_blank()) get();
}

void CsvReader::take_line_end() {
    if (get() == '\r' && source_.peek() == '\n') get();
}

bool CsvReader::next(CsvRecord& record) {
    record.clear();
    for (;;) {
        skip_blanks();
        if (source_.peek() == CsvSource::end) return false;
        // "#N/A" is how some spreadsheets write a missing value.
        const bool comment = source_.peek() == '#' && !source_.starts_with("#N/A");
        if (!comment && !at_line_end()) break;
        comment_lines_ += comment;
        while (!at_line_end()) get();
        if (source_.peek() != CsvSource::end) take_line_end();
    }
    record_line_ = line_;
    ++records_;
    for (column_ = 1;; ++column_) {
        skip_blanks();
        if (white_space_ && column_ > 1 && at_line_end()) break;
        CsvField& field = record.emplace_back();
        source_.peek() == '"' ? quoted_field(field) : plain_field(field);
        if (at_line_end()) break;
        if (!white_space_) get();
    }
    if (source_.peek() != CsvSource::end) take_line_end();
    return true;
}

void CsvReader::quoted_field(CsvField& field) {
    field.quoted = true;
    get();
    for (;;) {
        const int c = get();
        if (c == CsvSource::end) fail("opens a quote and does not close it");
        if (c == '"') {
            if (source_.peek() != '"') break;
            get();
        }
        field.text += char(c);
    }
    if (!white_space_) skip_blanks();
    if (!at_field_end())
        fail("text follows the closing quote; a quote within a field is written twice, as \"\"");
}

void CsvReader::plain_field(CsvField& field) {
    while (!at_field_end()) {
        if (source_.peek() == '"')
            fail(
                "a quote stands within a field that does not begin with one; such a field is put in quotes, "
                "and the quote written twice, as \"\"");
        field.text += char(get());
    }
    field.text.resize(field.text.find_last_not_of(" \t") + 1);
}

namespace {

// Fields of each of the first lines, as far as they can be read; of those that a block holds whole.
std::vector<std::size_t> field_counts(const std::string& block, const std::string& name, char delimiter) {
    constexpr std::size_t enough = 50;
    std::vector<std::size_t> counts;
    CsvReader reader(CsvSource::of_text(block), name, delimiter, true);
    CsvRecord record;
    try {
        while (counts.size() < enough && reader.next(record)) counts.push_back(record.size());
    } catch (const UserError&) {  // said when the file is read
    }
    return counts;
}

}  // namespace

char detect_delimiter(const std::string& first_block, const std::string& name, bool decimal_comma) {
    std::string lines = first_block;
    const std::size_t last = lines.find_last_of("\n\r");
    if (last != std::string::npos) lines.resize(last + 1);  // what is behind may go on
    std::string fitting;
    char first = '\0';  // one that the first line has at least
    for (const char delimiter : {',', ';', '\t', ' '}) {
        if (decimal_comma && delimiter == ',') continue;
        if (delimiter == ' ' && first != '\0') break;
        const std::vector<std::size_t> counts = field_counts(lines, name, delimiter);
        if (counts.empty() || counts[0] < 2) continue;
        if (first == '\0') first = delimiter;
        bool same = true;
        for (const std::size_t count : counts) same = same && count == counts[0];
        if (same) fitting += delimiter;
    }
    if (fitting.size() > 1)
        throw UserError(name + ": its fields may be separated by '" + fitting[0] + "' or by " +
                        (fitting[1] == '\t' ? std::string("tabs") : "'" + fitting.substr(1, 1) + "'") +
                        ": say by --delimiter which");
    if (!fitting.empty()) return fitting[0];
    return first != '\0' ? first : ',';
}

}  // namespace tepui::cli
