#include "cli/data/python_literal.hpp"

#include <charconv>

namespace tepui::cli {
namespace {

constexpr int deepest = 20;  // brackets within brackets; a structured dtype needs a few

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Parser {
  public:
    Parser(std::string_view text, bool python2) : text_(text), python2_(python2) {}

    std::optional<PythonLiteral> whole() {
        skip_lines();
        if (at_ > line_ && line_ > 0) return std::nullopt;  // indented: Python takes it for a block
        std::optional<PythonLiteral> value = parse(0);
        const std::size_t end = at_;
        skip_lines();
        // A last line of blanks alone is an error, too, unless old headers are put in order first.
        const bool blanks = line_ > end && line_ < at_ && text_.find('#', line_) == std::string_view::npos;
        if (at_ != text_.size() || (blanks && !python2_)) return std::nullopt;
        return value;
    }

  private:
    using Kind = PythonLiteral::Kind;

    static bool is_newline(char c) { return c == '\n' || c == '\r'; }
    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (here() != c || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }

    // Blanks and comments; line ends, too, inside brackets, where they mean nothing.
    void skip_blanks(bool bracketed) {
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '#')
                while (at_ + 1 < text_.size() && !is_newline(text_[at_ + 1])) ++at_;
            else if (!(c == ' ' || c == '\t' || c == '\f' || (bracketed && is_newline(c))))
                return;
        }
    }

    // Lines that hold nothing, and the blanks of the next.
    void skip_lines() {
        for (skip_blanks(false); at_ < text_.size() && is_newline(text_[at_]); skip_blanks(false))
            line_ = ++at_;
    }

    std::optional<PythonLiteral> parse(int depth) {
        if (depth > deepest) return std::nullopt;
        switch (here()) {
            case '{':
                return sequence('}', Kind::dictionary, depth);
            case '[':
                return sequence(']', Kind::list, depth);
            case '(':
                return sequence(')', Kind::tuple, depth);
            case '\'':
            case '"':
                return strings(depth > 0);
            default:
                return is_digit(here()) || here() == '-' || here() == '+' ? number() : word();
        }
    }

    // What stands between brackets. (x) is x itself, (x,) a tuple.
    std::optional<PythonLiteral> sequence(char close, Kind kind, int depth) {
        ++at_;
        PythonLiteral result;
        result.kind = kind;
        bool comma = true;
        for (skip_blanks(true); !take(close); skip_blanks(true)) {
            if (!comma) return std::nullopt;
            for (const bool is_key : {true, false}) {
                if (is_key && kind != Kind::dictionary) continue;
                std::optional<PythonLiteral> item = parse(depth + 1);
                if (!item) return std::nullopt;
                result.items.push_back(std::move(*item));
                skip_blanks(true);
                if (is_key && !take(':')) return std::nullopt;
                if (is_key) skip_blanks(true);
            }
            comma = take(',');
        }
        if (kind == Kind::tuple && result.items.size() == 1 && !comma) {
            PythonLiteral only = std::move(result.items[0]);
            return only;
        }
        return result;
    }

    // One string or several behind one another, which are one.
    std::optional<PythonLiteral> strings(bool bracketed) {
        PythonLiteral result;
        result.kind = Kind::string;
        while (here() == '\'' || here() == '"') {
            if (!append_string(result.string)) return std::nullopt;
            skip_blanks(bracketed);
        }
        return result;
    }

    bool append_string(std::string& to) {
        const char quote = text_[at_++];
        if (here() == quote) {  // '' or the start of a '''string''', which no header has
            ++at_;
            return here() != quote;
        }
        for (; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (c == quote) {
                ++at_;
                return true;
            }
            if (is_newline(c) || static_cast<unsigned char>(c) >= 128) return false;
            if (c == '\\') {
                ++at_;
                if (here() != '\\' && here() != '\'' && here() != '"') return false;  // \x3c and the like
                c = here();
            }
            to += c;
        }
        return false;
    }

    std::optional<PythonLiteral> number() {
        PythonLiteral result;
        result.kind = Kind::integer;
        bool negative = false;
        while (here() == '-' || here() == '+') {
            negative ^= here() == '-';
            ++at_;
            skip_blanks(false);
        }
        int base = 10;
        if (here() == '0' && at_ + 1 < text_.size()) {
            const char kind = char(text_[at_ + 1] | 32);
            base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
        }
        if (base != 10) at_ += 2;
        std::string digits;
        bool underscore = base == 10;  // may stand between digits and behind 0x, once
        for (; at_ < text_.size() && (is_word(text_[at_])); ++at_) {
            if (text_[at_] == '_') {
                if (underscore) return std::nullopt;
                underscore = true;
                continue;
            }
            underscore = false;
            digits += text_[at_];
        }
        if (python2_ && digits.ends_with('L')) digits.pop_back();
        if (digits.empty() || underscore || here() == '.') return std::nullopt;
        if (base == 10 && digits.size() > 1 && digits[0] == '0' &&
            digits.find_first_not_of('0') != std::string::npos)
            return std::nullopt;  // 012
        const char* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, result.integer, base);
        if (stop != end) return std::nullopt;
        if (error != std::errc()) result.kind = Kind::huge_integer;
        if (negative) result.integer = -result.integer;
        return result;
    }

    std::optional<PythonLiteral> word() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        const std::string_view name = text_.substr(start, at_ - start);
        PythonLiteral result;
        if (name == "None") return result;
        result.kind = Kind::boolean;
        result.integer = name == "True";
        if (name == "True" || name == "False") return result;
        // u'text', as Python 2 may have written it; r'text' is the same where there is no backslash.
        const bool text = name == "u" || name == "U" || name == "r" || name == "R";
        if (text && (here() == '\'' || here() == '"')) return strings(true);
        return std::nullopt;
    }

    std::string_view text_;
    bool python2_;
    std::size_t at_ = 0, line_ = 0;  // line_: the start of the last line outside brackets
};

}  // namespace

const PythonLiteral* PythonLiteral::find(std::string_view key) const {
    for (std::size_t i = items.size(); i >= 2; i -= 2)
        if (items[i - 2].kind == Kind::string && items[i - 2].string == key) return &items[i - 1];
    return nullptr;
}

std::optional<PythonLiteral> parse_python_literal(std::string_view text, bool python2) {
    return Parser(text, python2).whole();
}

}  // namespace tepui::cli
