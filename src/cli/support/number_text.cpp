#include "cli/support/number_text.hpp"

#include <boost/tokenizer.hpp>
#include <charconv>
#include <cstdio>
#include <limits>

namespace tepui::cli {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<double> parse_number(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return std::nullopt;
    if (error == std::errc()) return value;
    if (error != std::errc::result_out_of_range) return std::nullopt;
    // from_chars does not say on which side it left the range; the exponent's sign does.
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos ? text[exponent + 1] == '-' : text.find('.') < 2;
    return tiny ? 0.0 : std::numeric_limits<double>::infinity();
}

// Boost.Tokenizer (Boost licence, kept up with Boost): Debian's other CSV readers either fix the number of
// columns at compile time (libfccp-dev) or are LGPL (libcsv). No escape character: a backslash is data.
std::vector<std::string> split_list(const std::string& text, char delimiter) {
    using Separator = boost::escaped_list_separator<char>;
    const boost::tokenizer<Separator> fields(text, Separator("", std::string(1, delimiter), "\""));
    std::vector<std::string> items;
    for (const std::string& field : fields) items.emplace_back(trimmed(field));
    return items;
}

std::string significant(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return text;
}

std::string with_decimals(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    const std::string_view shown = text;
    const bool minus_zero = shown[0] == '-' && shown.find_first_of("123456789") == std::string_view::npos;
    return std::string(minus_zero ? shown.substr(1) : shown);
}

std::string scientific(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return text;
}

std::string counted(long long count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace tepui::cli
