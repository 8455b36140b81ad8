// CSV as RFC 4180 has it, record by record, with what is usual besides: other delimiters, white space between
// fields, comment lines, a byte order mark, any line ends.
#pragma once
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/support/progress_line.hpp"

namespace tepui::cli {

struct CsvField {
    std::string text;     // unquoted: without blanks around it
    bool quoted = false;  // then the text is what the quotes hold, to the letter
};
using CsvRecord = std::vector<CsvField>;

// Characters of a file, a block at a time; what has been looked at first can be read again.
class CsvSource {
  public:
    static CsvSource of_file(const std::string& path);
    static CsvSource of_text(std::string text);

    static constexpr int end = -1;
    int peek() { return at_ < block_.size() || extend() ? static_cast<unsigned char>(block_[at_]) : end; }
    int get() {
        const int c = peek();
        if (c != end) ++at_;
        return c;
    }
    bool starts_with(std::string_view text);
    // Before anything is read.
    const std::string& first_block() {
        peek();
        return block_;
    }

  private:
    CsvSource() = default;
    bool extend();  // false at the end
    std::ifstream stream_;
    std::string path_, block_;
    std::size_t at_ = 0;
    std::uintmax_t bytes_ = 0, read_ = 0;  // of the file; 0: nobody knows
    std::unique_ptr<ProgressLine> line_;
};

class CsvReader {
  public:
    // The delimiter ' ' stands for white space, however much of it. name: the file's, for messages. header:
    // the first record holds names (for messages, too).
    CsvReader(CsvSource source, const std::string& name, char delimiter, bool header);

    // The next record; blank lines and comment lines are passed over. False at the end. Throws UserError
    // about quotes that are none and zero bytes.
    bool next(CsvRecord& record);
    // "FILE: row 3 (line 5)": where the last record began.
    std::string place() const;
    std::int64_t line() const { return record_line_; }
    std::int64_t comment_lines() const { return comment_lines_; }

  private:
    bool at_blank() {
        return (source_.peek() == ' ' || source_.peek() == '\t') && source_.peek() != delimiter_;
    }
    bool at_line_end() {
        return source_.peek() == '\n' || source_.peek() == '\r' || source_.peek() == CsvSource::end;
    }
    bool at_field_end();
    int get();
    void skip_blanks();
    void take_line_end();
    void quoted_field(CsvField& field);
    void plain_field(CsvField& field);
    [[noreturn]] void fail(const std::string& what) const;

    CsvSource source_;
    std::string name_;
    char delimiter_;  // '\n' for white space: it is never met within a line
    bool white_space_, header_;
    std::int64_t line_ = 1, record_line_ = 0, records_ = 0, comment_lines_ = 0;
    std::size_t column_ = 0;
};

// The delimiter that divides the file's first lines into the same number of fields each: comma, semicolon,
// tab, or, where none of these does, white space. A comma when there is none. Throws UserError when several
// do. decimal_comma: the comma is none.
char detect_delimiter(const std::string& first_block, const std::string& name, bool decimal_comma);

}  // namespace tepui::cli
